"""The endpoints that answer from read models and the log, one module a resource."""
