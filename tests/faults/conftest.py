from tests.eventlog.conftest import database, log

__all__ = ["database", "log"]
