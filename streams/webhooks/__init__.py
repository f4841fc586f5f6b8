"""Tells integrators of what happens: once an event and endpoint, until they have it, for days."""
