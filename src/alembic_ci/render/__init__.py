"""Turn a report into strings: for the terminal, the CI host's page, programs and job outputs."""
