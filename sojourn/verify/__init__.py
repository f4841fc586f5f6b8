"""Proves, against the live servers, that every store says what the log says."""
