"""Every row of the shipped data is a listing, and the messy ones are read as the rules say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from domain.money import Money
from sojourn.stockholm.importing import shipped_file
from sojourn.stockholm.rows import (
    COLUMNS,
    SOURCE,
    BadRow,
    StockholmListing,
    fold,
    parse,
    read_listings,
)

ROW = {
    "listing_no": "7",
    "host_no": "3",
    "title": "A flat",
    "neighbourhood": "Södermalms",
    "latitude": "59.3",
    "longitude": "18.1",
    "room_type": "Entire home/apt",
    "nightly_price_sek": "1085",
    "minimum_nights": "2",
    "number_of_reviews": "12",
    "last_review": "2024-12-08",
    "availability_365": "259",
}


@pytest.fixture(scope="module")
def listings() -> list[StockholmListing]:
    read = list(read_listings(shipped_file()))
    assert [row for row in read if isinstance(row, BadRow)] == []
    return [row for row in read if isinstance(row, StockholmListing)]


def parsed(**changes: str) -> StockholmListing:
    listing = parse(ROW | changes)
    assert isinstance(listing, StockholmListing), listing
    return listing


def test_all_rows_are_listings(listings: list[StockholmListing]) -> None:
    assert len(listings) == 5_223
    assert len({listing.id for listing in listings}) == 5_223
    assert len({listing.host_id for listing in listings}) == 4_172
    assert sum(listing.offer.price is None for listing in listings) == 1_725
    assert Counter(listing.offer.max_guests for listing in listings) == {4: 4_316, 2: 893, 1: 14}


def test_the_data_reaches_its_extremes(listings: list[StockholmListing]) -> None:
    prices = [listing.offer.price.amount for listing in listings if listing.offer.price]
    assert (min(prices), max(prices)) == (10_500, 50_000_000)
    assert max(listing.offer.minimum_nights for listing in listings) == 500
    assert min(len(listing.offer.title) for listing in listings) == 1
    assert not any("\n" in listing.offer.title for listing in listings)


def test_three_rows_say_the_same_as_others_and_stay_listings_of_their_own(
    listings: list[StockholmListing],
) -> None:
    said = Counter(listing.fingerprint for listing in listings)
    assert max(said.values()) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Central apartment,\n 50 m2 - Kungsholmen", "Central apartment, 50 m2 - Kungsholmen"),
        ("Magic Trendy City Flat &lt;3", "Magic Trendy City Flat <3"),
        ("Bed &amp; breakfast", "Bed & breakfast"),
        ("  wide \t and\r\n narrow ", "wide and narrow"),
        ("non\u00a0breaking &nbsp;blanks", "non breaking blanks"),
        ("老城 🏡", "老城 🏡"),
        ("…", "…"),
    ],
)
def test_titles_are_unescaped_and_folded(written: str, read: str) -> None:
    assert fold(written) == read
    assert parsed(title=written).offer.title == read


@pytest.mark.parametrize(
    ("room_type", "guests"),
    [("Entire home/apt", 4), ("Private room", 2), ("Shared room", 1), ("Hotel room", 2)],
)
def test_the_room_type_says_how_many_guests_fit(room_type: str, guests: int) -> None:
    assert parsed(room_type=room_type).offer.max_guests == guests


@pytest.mark.parametrize(("minimum", "maximum"), [(1, 365), (365, 365), (366, 366), (500, 500)])
def test_the_longest_stay_is_a_year_or_the_shortest(minimum: int, maximum: int) -> None:
    assert parsed(minimum_nights=str(minimum)).offer.maximum_nights == maximum


def test_a_price_is_in_minor_units_and_none_is_none() -> None:
    assert parsed().offer.price == Money(108_500, "SEK")
    assert parsed(nightly_price_sek="").offer.price is None


def test_reviews_and_open_days_are_kept_as_the_facts_they_are() -> None:
    imported = parsed().imported
    assert (imported.source, imported.reference) == (SOURCE, "7")
    assert (imported.number_of_reviews, imported.last_review) == (12, "2024-12-08")
    assert imported.availability_365 == 259
    assert parsed(last_review="").imported.last_review is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": "  \n "}, "title must have 1 to 200 characters"),
        ({"title": "long " * 50}, "title must have 1 to 200 characters"),
        ({"latitude": "north"}, "could not convert"),
        ({"latitude": "91"}, "location.latitude must be from -90 to 90"),
        ({"nightly_price_sek": "-5"}, "price can't be negative"),
        ({"nightly_price_sek": "free"}, "ConversionSyntax"),
        ({"minimum_nights": "0"}, "minimum_nights must be from 1 to 730"),
        ({"room_type": "Tent"}, "no such room type: 'Tent'"),
        ({"listing_no": ""}, "must be numbers"),
    ],
)
def test_a_row_that_is_no_listing_says_why(changes: dict[str, str], reason: str) -> None:
    bad = parse(ROW | changes)
    assert isinstance(bad, BadRow)
    assert reason in bad.reason


def test_a_short_row_is_no_listing() -> None:
    assert isinstance(parse({"listing_no": "7", "host_no": None}), BadRow)


def test_another_file_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("# a comment\nlisting_no,title\n1,x\n")
    with pytest.raises(ValueError, match="lacks the columns availability_365, "):
        list(read_listings(path))


def test_attribution_stands_before_the_header() -> None:
    first, *_ = shipped_file().read_text(encoding="utf-8").splitlines()
    assert first.startswith("# ")
    assert "Inside Airbnb" in first


def test_every_column_is_part_of_the_fingerprint() -> None:
    plain = parsed().fingerprint
    numbers = {"listing_no", "host_no", "latitude", "longitude", "nightly_price_sek",
               "minimum_nights", "number_of_reviews", "availability_365"}  # fmt: skip
    for name in COLUMNS:
        other = "Private room" if name == "room_type" else "9" if name in numbers else "other"
        assert parsed(**{name: other}).fingerprint != plain, name
