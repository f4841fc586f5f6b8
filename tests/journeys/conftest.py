"""The whole platform behind its gateway, and two people on it."""

from tests.api.conftest import guest, host, http, running

__all__ = ["guest", "host", "http", "running"]
