"""Proving who someone is: passwords, sessions and the tokens they give."""
