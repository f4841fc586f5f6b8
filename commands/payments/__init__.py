"""The port behind which payment providers are, what they tell, and the one that is built in."""
