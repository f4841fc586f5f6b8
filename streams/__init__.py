"""What carries every event from the log to whoever reads or reacts, in order, at least once."""
