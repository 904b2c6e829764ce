"""What can be asked of an environment's databases, one step a file."""
