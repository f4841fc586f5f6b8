"""An import goes through the commands, once, however often and however far it is run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from eventlog.reader import Filter, LogReader
from sojourn.stockholm.asking import Tally
from sojourn.stockholm.importing import import_listings, receipts_of_imports
from sojourn.stockholm.rows import COLUMNS
from sojourn.wiring import commands
from tests.platforms import Platform
from tests.processes import sojourn
from tests.sojourn.test_stockholm_rows import ROW

pytestmark = pytest.mark.servers


def written(path: Path, *rows: dict[str, str]) -> Path:
    """A file of ``rows``, numbered, each the usual one with changes."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for number, changes in enumerate(rows, 1):
        writer.writerow({**ROW, "listing_no": str(number), **changes})
    path.write_text("# attribution\n" + text.getvalue(), encoding="utf-8")
    return path


def imported(platform: Platform, path: Path) -> Tally:
    """The file, brought in as the command does it."""
    done = receipts_of_imports(platform.settings.need("postgres_commands_url"))
    with commands(platform.settings) as ready:
        return import_listings(ready, path, done, lambda _by, _of: None)


def types(platform: Platform) -> list[str]:
    """What happened, by name."""
    with LogReader(platform.settings.need("postgres_queries_url")) as log:
        return [record.type for record in log.select(Filter(), 1_000)]


def test_a_listing_is_drafted_with_its_facts_and_published_by_its_host(
    platform: Platform, tmp_path: Path
) -> None:
    tally = imported(platform, written(tmp_path / "one.csv", {}))
    assert (tally.created, tally.already_there, tally.refused) == (1, 0, [])
    assert types(platform) == [
        "account.registered.v2",
        "listing.drafted.v1",
        "listing.described.v1",
        "listing.capacity_set.v1",
        "listing.priced.v1",
        "listing.terms_set.v1",
        "listing.located.v1",
        "listing.policy_chosen.v1",
        "listing.imported.v1",
        "account.role_granted.v1",
        "listing.published.v1",
    ]


def test_a_listing_without_a_price_stays_a_draft(platform: Platform, tmp_path: Path) -> None:
    imported(platform, written(tmp_path / "one.csv", {"nightly_price_sek": ""}))
    assert "listing.published.v1" not in types(platform)


def test_a_repeated_import_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    path = written(tmp_path / "two.csv", {}, {"host_no": "9"})
    imported(platform, path)
    before = types(platform)
    tally = imported(platform, path)
    assert (tally.created, tally.already_there) == (0, 2)
    assert types(platform) == before


class PowerCut(Exception):
    """The machine went away."""


def test_an_interrupted_import_goes_on_where_it_was(platform: Platform, tmp_path: Path) -> None:
    hosts = 60
    path = written(tmp_path / "many.csv", *({"host_no": str(host)} for host in range(hosts)))

    def cut_off(by: int, _of: int) -> None:
        if by:
            raise PowerCut

    with commands(platform.settings) as ready, pytest.raises(PowerCut):
        import_listings(ready, path, {}, cut_off)
    assert types(platform).count("listing.published.v1") < hosts
    tally = imported(platform, path)
    assert tally.created + tally.already_there == hosts
    assert min(tally.created, tally.already_there) >= 1
    happened = types(platform)
    for event in ("account.registered.v2", "listing.drafted.v1", "listing.published.v1"):
        assert happened.count(event) == hosts


def test_a_bad_row_is_told_and_the_others_are_imported(platform: Platform, tmp_path: Path) -> None:
    path = written(tmp_path / "bad.csv", {}, {"title": " "}, {})
    result = sojourn(platform, "import", "stockholm", "--file", str(path))
    assert result.returncode == 0, result.stderr
    assert "listing 2 refused: title must have 1 to 200 characters" in result.stderr
    assert result.stdout.startswith("2 created, 0 already there, 1 refused, in ")


def test_a_row_that_says_something_else_now_is_refused(platform: Platform, tmp_path: Path) -> None:
    imported(platform, written(tmp_path / "before.csv", {}))
    tally = imported(platform, written(tmp_path / "after.csv", {"title": "Another"}))
    assert [bad.reason for bad in tally.refused] == [
        "it was imported before and said something else then"
    ]
