"""A log that was lived through, not made up: listings of Stockholm, then bookings of two hotels."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.rows import World
from commands.execute import Commands
from commands.together import Together
from eventlog.record import LogRecord
from projections.connect import connect_redis
from projections.generation import ensure_generation
from sojourn.hotels.importing import import_bookings
from sojourn.hotels.importing import shipped_file as bookings_file
from sojourn.hotels.rows import read_bookings
from sojourn.settings import Settings
from sojourn.stockholm.importing import import_listings
from sojourn.stockholm.importing import shipped_file as listings_file
from sojourn.wiring import event_log, workers_log
from streams.checkpoint import Seat
from tests.platforms import Platform
from tests.processes import Processes

LISTINGS, BOOKINGS = 1_000, 1_200
"""How many lines of the shipped files are imported: some 26,000 events."""


@dataclass(frozen=True)
class Lived:
    """A platform and its log, which nobody writes to any more."""

    platform: Platform
    records: list[LogRecord]

    @property
    def ends(self) -> Mapping[int, int]:
        """The last position of each partition."""
        return {record.partition: record.position for record in self.records}


@contextmanager
def lived(world: World) -> Generator[Lived]:
    """A platform of its own with a history."""
    with world.another("lived") as platform:
        live_through(platform.settings, platform.folder)
        with workers_log(platform.settings) as log:
            yield Lived(platform, list(log.scan()))


def live_through(settings: Settings, folder: Path) -> None:
    """Import what is shipped, or the first of it."""
    some = folder / "listings.csv"
    with listings_file().open(encoding="utf-8") as lines:
        some.write_text("".join(islice(lines, LISTINGS)), encoding="utf-8")
    with event_log(settings, sealed=True) as log:
        commands = Commands(log)
        import_listings(commands, some, {}, _untold)
        bookings = islice(read_bookings(bookings_file()), BOOKINGS)
        import_bookings(Together(log, commands), bookings, {}, _untold)


def relay_all(platform: Platform, head: int) -> None:
    """Have a relay send the log up to ``head``, and end."""
    url = platform.settings.need("postgres_commands_url")
    with Processes(platform) as processes, Seat(url, "events") as seat:
        processes.start("relay")
        processes.until(lambda: seat.load().position >= head, "the topic has not all events")


async def show_nothing_yet(settings: Settings) -> None:
    """Show readers a generation without documents, which a worker fills from the topic."""
    redis = connect_redis(settings.need("redis_url"))
    await ensure_generation(redis, settings.redis_prefix, head=0)
    await redis.aclose()


def _untold(_by: int, _of: int) -> None:
    pass
