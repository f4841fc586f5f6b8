"""Processes of ours with a mistake in them, which faults start instead of the right ones."""
