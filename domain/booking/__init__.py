"""One guest's agreement with one host, from request to end."""
