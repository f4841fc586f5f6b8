"""The only place that changes the schema of the database of personal keys."""
