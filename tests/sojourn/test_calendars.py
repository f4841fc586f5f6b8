"""A calendar from elsewhere is imported from the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sojourn.wiring import event_log
from tests.commands.market import Market
from tests.platforms import Platform
from tests.processes import sojourn

pytestmark = pytest.mark.servers


def test_what_is_taken_elsewhere_is_claimed_and_told(
    shared_platform: Platform, tmp_path: Path
) -> None:
    with event_log(shared_platform.settings, sealed=True) as log:
        market = Market(log)
    days = [f"{market.today + timedelta(days=ahead):%Y%m%d}" for ahead in (10, 13)]
    event = ("UID:1@elsewhere", f"DTSTART;VALUE=DATE:{days[0]}", f"DTEND;VALUE=DATE:{days[1]}")
    lines = ("BEGIN:VCALENDAR", "BEGIN:VEVENT", *event, "END:VEVENT", "END:VCALENDAR", "")
    file = tmp_path / "cabin.ics"
    file.write_bytes("\r\n".join(lines).encode())
    arguments = ("calendars", "import", str(file), "--listing", str(market.listing_id))
    for _ in range(2):
        result = sojourn(shared_platform, *arguments)
        assert result.returncode == 0, result.stderr
        assert result.stdout == "1 ranges ahead in cabin: 1 claims, 0 conflicts with bookings\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--name", "no blanks"), "can't name a calendar"),
        ((), "is not an iCalendar file"),
    ],
)
def test_what_can_not_be_imported_is_told(
    shared_platform: Platform, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    file = tmp_path / "broken.ics"
    file.write_text("BEGIN:NOTHING", encoding="utf-8")
    listing = "0199a000-0000-7000-8000-000000000001"
    result = sojourn(shared_platform, "calendars", "import", str(file), "--listing", listing,
                     *options)  # fmt: skip
    assert result.returncode == 1
    assert told in result.stderr
