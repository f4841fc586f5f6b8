"""An analyst's file is run over the log; what is wrong with it is said in a line."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import sojourn
from domain.booking.facts import BookingCancelled, BookingConfirmed, RefundLine
from domain.events import Event
from domain.money import Money
from domain.recorded import Recorded
from domain.streams import booking_stream
from sojourn.errors import Stop
from sojourn.replay.command import moment
from sojourn.replay.output import Writing
from sojourn.replay.projection import Projection, load_projection
from tests.domain.facts import BOOKING, LISTING, NOW, requested
from tests.platforms import Platform
from tests.processes import sojourn as run
from tests.sojourn.small_world import live

READY_MADE = Path(sojourn.__file__).parent.parent / "analysis" / "nights_and_revenue_by_day.py"

CONFIRMED = BookingConfirmed(booking_id=BOOKING)


def cancelled(*amounts: int) -> BookingCancelled:
    """A cancellation that gives back so much of each night."""
    nights = [f"2027-06-{10 + number}" for number in range(len(amounts))]
    return BookingCancelled(
        by="guest",
        reason=None,
        refund=tuple(
            RefundLine(kind="night", description=night, amount=Money(amount, "SEK"))
            for night, amount in zip(nights, amounts, strict=True)
        ),
        refund_total=Money(sum(amounts), "SEK"),
    )


def history(*events: Event) -> list[Recorded]:
    """``events`` as the log holds those of one booking."""
    return [
        Recorded(
            position=position,
            stream=booking_stream(BOOKING),
            version=position,
            key=str(LISTING),
            partition=0,
            recorded_at=NOW,
            occurred_at=NOW,
            actor="tester",
            correlation_id="test",
            causation_id="test",
            event=event,
        )
        for position, event in enumerate(events, 1)
    ]


def rows(projection: Projection, *events: Event) -> list[dict[str, Any]]:
    """What the projection makes of ``events``."""
    made = [row for recorded in history(*events) for row in projection.apply(recorded)]
    return [dict(row) for row in [*made, *projection.rows()]]


def days(*events: Event) -> list[tuple[date, int, int]]:
    """What the ready-made projection says of each day."""
    return [
        (row["day"], row["nights"], row["revenue"])
        for row in rows(load_projection(READY_MADE), *events)
    ]


TENTH, ELEVENTH = date(2027, 6, 10), date(2027, 6, 11)


def test_a_hold_is_no_night_and_no_revenue() -> None:
    assert days(requested()) == []


def test_a_confirmed_booking_counts_on_the_day_of_each_night() -> None:
    made = days(requested(), CONFIRMED)
    assert [(day, nights) for day, nights, _ in made] == [(TENTH, 1), (ELEVENTH, 1)]
    assert sum(revenue for _, _, revenue in made) == 200_000


def test_a_cancellation_takes_the_nights_back_and_leaves_what_was_not_refunded() -> None:
    made = days(requested(), CONFIRMED, cancelled(50_000, 50_000))
    assert [(day, nights) for day, nights, _ in made] == [(TENTH, 0), (ELEVENTH, 0)]
    assert sum(revenue for _, _, revenue in made) == 100_000


def test_a_cancelled_hold_counts_nothing() -> None:
    assert days(requested(), cancelled(0, 0)) == []


def projection(folder: Path, text: str) -> Projection:
    """A projection as an analyst writes it."""
    path = folder / "mine.py"
    path.write_text(text)
    return load_projection(path)


def test_a_function_yields_a_row_when_it_likes(tmp_path: Path) -> None:
    mine = projection(
        tmp_path,
        '"""Mine."""\n'
        "from domain.booking.facts import BookingConfirmed\n"
        "def project(event):\n"
        "    if isinstance(event.event, BookingConfirmed):\n"
        "        yield {'at': event.position}\n",
    )
    assert mine.title == "Mine."
    assert rows(mine, requested(), CONFIRMED) == [{"at": 2}]


def test_a_function_may_return_nothing(tmp_path: Path) -> None:
    assert rows(projection(tmp_path, "def project(event): pass"), CONFIRMED) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def project(event)\n", r"mine\.py, line 1: expected ':'"),
        ("import nowhere_to_be_found\n", r"line 1: ModuleNotFoundError: No module named"),
        ("x = 1\n", r"is no projection: define a function project\(event\)"),
        ("class Projection:\n    def apply(self, event): pass\n", r"lacks rows\(\)"),
        ("class Projection:\n    def __init__(self): 1 / 0\n", r"line 2: Projection\(\): Zero"),
    ],
)
def test_a_bad_file_is_named_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(Stop, match=says):
        projection(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"none\.py can't be read"):
        load_projection(tmp_path / "none.py")


def test_a_failure_is_named_with_its_line_and_position(tmp_path: Path) -> None:
    mine = projection(tmp_path, "def project(event):\n    yield event.nothing\n")
    with pytest.raises(Stop, match=r"line 2, at position 1, BookingConfirmed: AttributeError"):
        rows(mine, CONFIRMED)


def test_a_row_that_is_no_dict_is_refused(tmp_path: Path) -> None:
    mine = projection(tmp_path, "def project(event):\n    yield 1\n")
    with pytest.raises(Stop, match="a row must be a dict, not int"):
        rows(mine, CONFIRMED)


ROWS = [{"day": TENTH, "id": BOOKING, "nights": 1}, {"day": ELEVENTH, "id": LISTING, "nights": 2}]


def test_rows_are_written_as_parquet_with_their_types(tmp_path: Path) -> None:
    with Writing(tmp_path / "out.parquet") as writing:
        writing.write(ROWS[:1])
        writing.write(ROWS[1:])
    table: Any = import_module("pyarrow.parquet").read_table(tmp_path / "out.parquet")
    assert table.to_pylist() == [{**row, "id": str(row["id"])} for row in ROWS]


def test_rows_are_written_as_csv_and_as_json_lines(tmp_path: Path) -> None:
    for name in ("out.csv", "out.jsonl"):
        with Writing(tmp_path / name) as writing:
            writing.write(ROWS)
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["day"] for row in csv.DictReader(file)] == ["2027-06-10", "2027-06-11"]
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["nights"] for line in lines] == [1, 2]


def test_a_replay_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="the column 'price' holds"), Writing(tmp_path / "a.csv") as out:
        out.write([{"price": Money(1, "SEK")}])
    assert list(tmp_path.iterdir()) == []


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"end the name in \.parquet, \.csv, \.jsonl"):
        Writing(tmp_path / "out.xls")


@pytest.mark.parametrize(
    ("as_of", "says"), [("yesterday", "neither a position nor a time"), ("2026-11-01", "no zone")]
)
def test_as_of_is_a_position_or_a_time_with_its_zone(as_of: str, says: str) -> None:
    with pytest.raises(Stop, match=says):
        moment(as_of)
    assert moment("17") == 17


@pytest.mark.servers
def test_the_log_is_replayed_whole_as_of_a_position_and_for_one_key(
    platform: Platform, tmp_path: Path
) -> None:
    world = live(platform)
    to = tmp_path / "out.jsonl"

    def replay(*options: str) -> list[dict[str, Any]]:
        done = run(platform, "replay", str(READY_MADE), "--to", str(to), *options)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in to.read_text().splitlines()]

    whole = replay()
    assert [(row["day"], row["nights"], row["revenue"]) for row in whole[:3]] == [
        (str(world.arrive + timedelta(days=n)), 1, 100_000) for n in range(3)
    ]
    assert {row["nights"] for row in whole[3:]} == {0}
    assert replay("--where", str(world.listing)) == whole
    assert replay("--where", str(world.guest)) == []
    assert replay("--as-of", "5") == []
    assert replay("--as-of", "2020-01-01T00:00Z") == []
    assert replay("--as-of", "2100-01-01T00:00Z") == whole
