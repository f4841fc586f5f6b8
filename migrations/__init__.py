"""The only place that changes the schema of the event store."""
