"""Failures of the servers and refusals of the domain as one line each; all others are bugs."""

from __future__ import annotations

import psycopg
from elastic_transport import TransportError
from elasticsearch import ApiError
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from commands.execute import Unavailable
from domain.refusals import Refusal
from eventlog.application import LogUnavailable
from projections.unavailable import ReadModelUnavailable


def line_about(error: Exception) -> str | None:
    """What to tell the user; none for an error that nobody expected."""
    first = (str(error) or type(error).__name__).strip().splitlines()[0]
    match error:
        case Refusal():
            return str(error)
        case PoolTimeout() | OperationalError() | LogUnavailable() | psycopg.OperationalError():
            return f"Postgres does not answer: {first}"
        case Unavailable():
            return f"the log could not take it, try again: {first}"
        case psycopg.errors.UndefinedTable() | psycopg.errors.InsufficientPrivilege():
            return f"{first}: run `sojourn migrate` first"
        case ReadModelUnavailable():
            return first
        case RedisError():
            return f"Redis does not answer: {first}"
        case TransportError() | ApiError():
            return f"Elasticsearch does not answer: {first}"
        case _:
            return None
