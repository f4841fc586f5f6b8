"""Breaks a platform under traffic, one fault after the other, and proves each time what it kept."""
