"""The hotels' bookings go through the commands, once, however often and however far it is run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from commands.execute import Commands
from commands.together import Together
from eventlog.reader import Filter, LogReader
from eventlog.record import LogRecord
from sojourn.hotels.asking import Tally
from sojourn.hotels.importing import Patient, import_bookings, receipts_of_imports
from sojourn.hotels.plan import host_id
from sojourn.hotels.rows import COLUMNS, read_bookings
from sojourn.wiring import event_log
from tests.platforms import Platform
from tests.processes import sojourn
from tests.sojourn.test_hotel_rows import ROW

pytestmark = pytest.mark.servers


def written(path: Path, *rows: dict[str, str]) -> Path:
    """A file of ``rows``, numbered, each the usual one with changes."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for number, changes in enumerate(rows, 1):
        writer.writerow({**ROW, "booking_no": str(number), **changes})
    path.write_text("# attribution\n" + text.getvalue(), encoding="utf-8")
    return path


def imported(platform: Platform, path: Path) -> Tally:
    """The file, lived through as the command does it."""
    done, _ = receipts_of_imports(platform.settings.need("postgres_commands_url"))
    with event_log(platform.settings, sealed=True) as log:
        asking = Patient(Together(log, Commands(log)))
        return import_bookings(asking, read_bookings(path), done, lambda _by, _of: None)


def happened(platform: Platform) -> list[LogRecord]:
    with LogReader(platform.settings.need("postgres_queries_url")) as log:
        return list(log.select(Filter(), 10_000))


def types(platform: Platform) -> list[str]:
    return [record.type for record in happened(platform)]


def test_a_booking_is_lived_through_by_its_sides(platform: Platform, tmp_path: Path) -> None:
    tally = imported(platform, written(tmp_path / "one.csv", {}))
    assert (tally.ended, tally.already_there, tally.refused) == ({"Check-Out": 1}, 0, [])
    lived = [record for record in happened(platform) if record.occurred_at.year == 2015]
    assert [record.type for record in lived] == [
        "quote.quoted.v1",
        "calendar.nights_held.v1",
        "calendar.hold_confirmed.v1",
        "account.registered.v2",
        "booking.requested.v1",
        "booking.imported.v1",
        "booking.payment_requested.v1",
        "booking.payment_authorised.v1",
        "booking.payment_captured.v1",
        "booking.confirmed.v1",
        "booking.checked_in.v1",
        "booking.completed.v1",
    ]
    assert all(record.recorded_at.year > 2015 for record in lived)
    assert {record.actor for record in lived} == {"import", str(host_id(ROW["hotel"]))}


def test_a_repeated_import_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    path = written(tmp_path / "two.csv", {}, {"final_status": "No-Show"})
    imported(platform, path)
    before = types(platform)
    tally = imported(platform, path)
    assert tally.already_there == 2
    assert types(platform) == before


class PowerCut(Exception):
    """The machine went away."""


def test_an_interrupted_import_goes_on_where_it_was(platform: Platform, tmp_path: Path) -> None:
    number = 120
    endings = ({"final_status_on": f"2015-07-{1 + each % 4:02}"} for each in range(number))
    path = written(tmp_path / "many.csv", *endings)

    def cut_off(by: int, _of: int) -> None:
        if by:
            raise PowerCut

    with event_log(platform.settings, sealed=True) as log:
        asking, rows = Together(log, Commands(log)), read_bookings(path)
        with pytest.raises(PowerCut):
            import_bookings(asking, rows, {}, cut_off)
    assert 0 < types(platform).count("booking.requested.v1") < number
    tally = imported(platform, path)
    assert tally.ended == {"Check-Out": number}
    everything = types(platform)
    for event in ("account.registered.v2", "booking.completed.v1", "booking.imported.v1"):
        extra = 2 if event.startswith("account") else 0
        assert everything.count(event) == number + extra


def test_the_command_tells_outcomes_and_writes_the_refused(
    platform: Platform, tmp_path: Path
) -> None:
    path = written(
        tmp_path / "mixed.csv",
        {},
        {"departure": ROW["arrival"]},
        {"final_status": "Canceled", "final_status_on": "2015-06-20"},
    )
    refused = tmp_path / "refused.csv"
    arguments = ("import", "hotels", "--file", str(path), "--refused", str(refused))
    result = sojourn(platform, *arguments)
    assert result.returncode == 0, result.stderr
    assert "│ checked out  │             1 │       1 │" in result.stdout
    assert "│ cancelled    │             1 │       0 │" in result.stdout
    assert "2 lived through, 0 already there, 1 refused; " in result.stdout
    assert refused.read_text().splitlines() == [
        "booking_no,final_status,reason",
        "2,Check-Out,Departure 2015-07-01 must be after arrival 2015-07-01.",
    ]
    again = sojourn(platform, *arguments[:-2])
    assert "0 lived through, 2 already there, 1 refused; 0 events in " in again.stdout
    assert "booking 2 (Check-Out) refused: Departure 2015-07-01 must be after" in again.stdout


def test_hotels_of_another_file_are_not_mixed_up(platform: Platform, tmp_path: Path) -> None:
    imported(platform, written(tmp_path / "one.csv", {}))
    path = written(tmp_path / "two.csv", {}, {})
    result = sojourn(platform, "import", "hotels", "--file", str(path))
    assert result.returncode == 1
    assert result.stderr == "error: the hotels were imported before, from another file\n"


def test_a_file_that_is_none_is_told(platform: Platform, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv.gz"
    path.write_bytes(b"not compressed")
    result = sojourn(platform, "import", "hotels", "--file", str(path))
    assert result.returncode == 1
    assert "can't be imported" in result.stderr
