"""The platform over HTTP: parse, one call, reply."""
