"""The log as commands use it: load a stream's state, append what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    Mapper,
    PersistenceError,
)
from eventsourcing.postgres import PostgresDatastore, PostgresFactory
from eventsourcing.utils import Environment
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict

from eventlog.append import Append, Appended, AppendFailed, Receipt
from eventlog.clock import DatabaseClock
from eventlog.committer import Committer, Waiting
from eventlog.connections import died
from eventlog.mapper import EventMapper, StreamEvent
from eventlog.personal.sealing import Sealing
from eventlog.prepared import Prepared
from eventlog.recent import Known, Recent, Root
from eventlog.recorder import Recorder
from eventlog.snapshots import Snapshots

S = TypeVar("S")

CACHED_STREAMS = 10_000
"""How many streams' states a process keeps; each is brought up to date when it is loaded."""

FIND_RECEIPT = (
    "SELECT fingerprint, status, headers, body, positions, clock_timestamp() AS now"
    " FROM receipts WHERE account_id = %s AND key = %s"
)
LAST_POSITIONS = (
    "SELECT key, max(notification_id) AS position FROM stored_events"
    " WHERE originator_id = ANY(%s) GROUP BY key"
)
STREAMS_BY = (
    "SELECT DISTINCT originator_id AS stream FROM stored_events WHERE actor = %s AND topic = %s"
)
STREAMS_ABOUT = (
    "SELECT DISTINCT originator_id AS stream FROM stored_events WHERE key = ANY(%s) AND topic = %s"
)


Pending = Waiting[Prepared]
"""What was submitted, until its outcome is known."""


class LogUnavailable(Exception):
    """Postgres can't be reached, or not in time; what was being stored may or may not be."""


@dataclass(frozen=True)
class StreamState(Generic[S]):
    """A stream's state after ``version`` events."""

    version: int
    state: S


class _Datastore(PostgresDatastore):
    def register_type_adapters(self) -> None:
        """Nothing: our statements use no composite types, and starting needs no connection."""

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        """No setting of the session, which is nobody's own behind a pooler: the role has them."""

        def after_connect(connection: Connection[Any]) -> None:
            connection.autocommit = True

        return after_connect


class EventLog(Application[str]):
    """The event log of the platform on the library's application, repository and recorder."""

    name = "stored"

    def __init__(
        self,
        url: str,
        *,
        sealing: Sealing | None = None,
        pool_size: int = 4,
        max_overflow: int = 12,
    ) -> None:
        self._sealing = sealing
        self._datastore = _datastore(url, pool_size, max_overflow)
        super().__init__(
            {"AGGREGATE_CACHE_MAXSIZE": str(CACHED_STREAMS), "DEEPCOPY_FROM_AGGREGATE_CACHE": "n"}
        )
        self._committer = Committer(self.store, lambda late: late.append.not_stored())
        self._recent = Recent(CACHED_STREAMS)
        self._clock = DatabaseClock(self.now)
        self._snapshots = Snapshots(self._select)

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The library's factory, on our own datastore."""
        return _Factory(env, self._datastore)

    def construct_mapper(self) -> Mapper[str]:
        """Our codec, behind the library's interface."""
        return EventMapper()

    def construct_recorder(self) -> ApplicationRecorder:
        """Our recorder; the schema is the migrations' matter."""
        return Recorder(self._datastore)

    @property
    def sealing(self) -> Sealing:
        """What seals and opens personal text; raises RuntimeError in a process without keys."""
        if self._sealing is None:
            raise RuntimeError("this process was given no keys for what is personal")
        return self._sealing

    def load(self, stream: str, evolve: Callable[[S | None, Any], S]) -> StreamState[S] | None:
        """The state of ``stream``, folded by ``evolve``; none when it has no events.

        Raises :class:`LogUnavailable`.
        """

        def project(
            state: StreamState[S] | None, events: Iterable[StreamEvent]
        ) -> StreamState[S] | None:
            for event in events:
                before = None if state is None else state.state
                state = StreamState(event.originator_version, evolve(before, event.event))
            return state

        since = self._start_from_snapshot(stream)
        try:
            loaded = cast(
                "StreamState[S]",
                self.repository.get(stream, projector_func=cast("Any", project)),
            )
        except AggregateNotFoundError:
            return None
        except PersistenceError as error:
            raise LogUnavailable(str(error)) from error
        self._keep(stream, loaded)
        if since is not None:
            self._snapshots.keep(stream, loaded, since=since)
        return loaded

    def latest(
        self, stream: str, evolve: Callable[[S | None, Any], S], *, settled: bool = False
    ) -> Known[S] | None:
        """The newest state of ``stream`` that this process knows of, read if it knows none.

        Good enough to decide on, since :meth:`append` checks the version. ``settled`` waits with
        reading until everything on its way is stored. Raises :class:`LogUnavailable`.
        """
        known = self._recent.get(stream)
        if known is None:
            if settled:
                self._committer.settle()
            loaded = self.load(stream, evolve)
            if loaded is None:
                return None
            known = Known[object](loaded.version, loaded.state, Root())
            self._recent.put(stream, known)
        return cast("Known[S]", known)

    def known(self, stream: str) -> Known[Any] | None:
        """As :meth:`latest`, but none too when it would have to be read."""
        return self._recent.get(stream)

    def submit(
        self, append: Append, decided: Mapping[str, Known[Any]], deadline: float | None = None
    ) -> Pending:
        """Put ``append`` into the queue; the next decisions rest on the states that it leads to.

        The caller must ask for the :meth:`outcome`. After ``deadline``, by the monotonic clock,
        it is not stored any more. Raises QueueFull.
        """
        waiting = self._committer.enqueue(Prepared.of(append), deadline)
        for stream, known in decided.items():
            self._recent.put(stream, known)
        return waiting

    def outcome(
        self, waiting: Pending, decided: Mapping[str, Known[Any]], on: Mapping[str, Known[Any]]
    ) -> Appended:
        """What became of it; on a failure nothing is left of what it was decided ``on``.

        Waits if need be. Raises AppendFailed or LogUnavailable.
        """
        try:
            appended = self._committer.outcome(waiting)
        except BaseException as error:
            for stream, known in {**on, **decided}.items():
                self._recent.forget(stream, known.root)
            if isinstance(error, PersistenceError):
                raise LogUnavailable(str(error)) from error
            raise
        self._clock.note(appended.recorded_at)
        for stream, known in decided.items():
            self._keep(stream, StreamState(known.version, known.state))
        return appended

    def append(self, append: Append) -> Appended:
        """Store ``append``; raises AppendFailed, LogUnavailable or QueueFull."""
        return self.outcome(self.submit(append, {}), {}, {})

    def append_together(self, batch: Sequence[Append]) -> list[Appended | AppendFailed]:
        """Store each of ``batch``, in one transaction, and say what became of it."""
        return self.store([Prepared.of(append) for append in batch])

    def store(self, batch: Sequence[Prepared]) -> list[Appended | AppendFailed]:
        """As :meth:`append_together`, of what is encoded already."""
        try:
            return cast("Recorder", self.recorder).store(batch)
        except BaseException:
            for each in batch:
                each.append.not_stored()
            raise

    def close(self) -> None:
        """Store what waits, and give the connections back."""
        self._committer.close()
        super().close()

    def clock(self) -> datetime:
        """Postgres's time as it can be told without asking, see :mod:`eventlog.clock`."""
        return self._clock.now()

    def clock_if_known(self) -> datetime | None:
        """As :meth:`clock`, but none when Postgres would have to be asked."""
        return self._clock.now() if self._clock.fresh() else None

    def now(self) -> datetime:
        """Postgres's time."""
        [row] = self._select("SELECT clock_timestamp() AS now", [])
        return row["now"].astimezone(UTC)

    def receipt(self, account_id: UUID, key: str) -> Receipt | None:
        """The answer that the keyed command got, if it ran."""
        rows = self._select(FIND_RECEIPT, [account_id, key])
        if not rows:
            return None
        [row] = rows
        return Receipt(
            account_id=account_id,
            key=key,
            fingerprint=bytes(row["fingerprint"]),
            status=row["status"],
            headers=row["headers"],
            body=bytes(row["body"]),
            positions={int(partition): at for partition, at in row["positions"].items()},
        )

    def last_positions(self, streams: Iterable[str]) -> dict[str, int]:
        """For each key of ``streams``, the position of the last of their events."""
        rows = self._select(LAST_POSITIONS, [list(streams)])
        return {row["key"]: row["position"] for row in rows}

    def open_holds(self, guest_id: UUID) -> int:
        """How many holds of the guest stand now."""
        [row] = self._select(
            "SELECT count(DISTINCT claim_id) AS holds FROM claims"
            " WHERE guest_id = %s AND expires_at > clock_timestamp()",
            [guest_id],
        )
        return row["holds"]

    def waitlists_of(self, account_id: UUID) -> list[str]:
        """The waitlists that the account ever joined."""
        return self.streams_by(account_id, "waitlist.joined.v1")

    def streams_by(self, actor: UUID, event: str) -> list[str]:
        """The streams in which ``actor`` recorded an event of this name."""
        rows = self._select(STREAMS_BY, [str(actor), event])
        return [row["stream"] for row in rows]

    def webhooks_of(self, account_id: UUID) -> list[str]:
        """The webhook endpoints that the account ever registered."""
        return self.streams_by(account_id, "webhook.registered.v1")

    def streams_about(self, keys: Iterable[str], event: str) -> list[str]:
        """The streams of these keys that have an event of this name."""
        rows = self._select(STREAMS_ABOUT, [list(keys), event])
        return [row["stream"] for row in rows]

    def is_erased(self, person: UUID) -> bool:
        """Whether the person is erased, as known a second ago; raises KeysUnavailable."""
        return self._sealing is not None and self._sealing.keys.is_erased(person)

    def _start_from_snapshot(self, stream: str) -> int | None:
        """The version from which a stream is read that this process has not read before."""
        cached = cast("Any", self.repository.cache).cache
        if stream in cached:
            return None
        if (found := self._snapshots.find(stream)) is None:
            return 0
        self._keep(stream, StreamState(*found))
        return found[0]

    def _keep(self, stream: str, loaded: StreamState[Any]) -> None:
        """The library brings a cached state up to date but keeps the old one of an immutable."""
        if self.repository.cache is not None:
            self.repository.cache.put(stream, cast("Any", loaded))

    def _select(self, statement: str, params: list[Any]) -> list[dict[str, Any]]:
        broken: Exception | None = None
        for _ in range(self._datastore.pool.max_size):
            try:
                with self._datastore.get_connection() as connection:
                    rows = connection.execute(cast("Any", statement), params, prepare=True)
                    return rows.fetchall()
            except PersistenceError as error:
                if not died(error):
                    raise LogUnavailable(str(error)) from error
                # The connection had died in the pool; the next may have too.
                broken = error
        raise LogUnavailable(str(broken)) from broken


class _Factory(PostgresFactory):
    def __init__(self, env: Environment, datastore: PostgresDatastore) -> None:
        # The base class would build a datastore from environment variables of its own.
        self.env = env
        self.datastore = datastore

    def is_snapshotting_enabled(self) -> bool:
        """Not the library's: ours are a head start for its cache, see eventlog.snapshots."""
        return False


def _datastore(url: str, pool_size: int, max_overflow: int) -> PostgresDatastore:
    parts = conninfo_to_dict(url)
    return _Datastore(
        dbname=str(parts.get("dbname") or ""),
        host=str(parts.get("host") or "localhost"),
        port=str(parts.get("port") or 5432),
        user=str(parts.get("user") or ""),
        password=str(parts.get("password") or ""),
        connect_timeout=5,
        pool_size=pool_size,
        max_overflow=max_overflow,
        lock_timeout=5,
        originator_id_type="text",
    )
