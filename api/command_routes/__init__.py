"""The endpoints that change something, one module a resource."""
