"""Which units of a listing are claimed over which nights, by what, and until when."""
