"""A person, and what they may do."""
