"""What SHOW CREATE TABLE says, without the order in which keys were made."""


def essence(sql: str) -> tuple[str, ...]:
    """Return the lines of *sql*: first the columns in their order, then all the rest, sorted."""
    lines = [line.rstrip(",") for line in sql.split("\n")]
    columns = [line for line in lines if line.startswith("  `")]
    return (*columns, *sorted(line for line in lines if not line.startswith("  `")))
