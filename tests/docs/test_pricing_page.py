"""The prices on the page of prices are what the domain makes of the rules beside them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api.representations.dates import DatesChangeBody
from api.representations.rules import RulesBody
from domain.listing.state import evolve
from domain.money import Money
from domain.quote.asked import Asked
from domain.quote.pricing import price
from domain.rules.decisions import change_dates
from domain.stay import Stay
from tests.docs.pages import ROOT, Block, blocks_of
from tests.domain.facts import NOW, published

PAGE = ROOT / "docs" / "reference" / "pricing.md"
EXAMPLES = [block for block in blocks_of(PAGE) if block.language == "json"]


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_a_price_on_the_page_is_right(block: Block) -> None:
    told: Any = json.loads(block.text)
    rules = RulesBody.model_validate(told["rules"]).to_domain()
    listing = replace(published(price=Money(told["price"], "SEK"), units=2), rules=rules)
    changes = [DatesChangeBody.model_validate(each) for each in told.get("dates", [])]
    for event in change_dates(listing, [each.to_domain() for each in changes], NOW):
        listing = evolve(listing, event)
    asked = told["asked"]
    ages = asked.get("ages")
    made = price(
        listing,
        7,
        Asked(
            stay=Stay(date.fromisoformat(asked["arrive"]), date.fromisoformat(asked["depart"])),
            guests=asked["guests"],
            units=asked.get("units", 1),
            ages=tuple(ages) if ages else None,
        ),
        NOW,
    )
    lines = [[line.kind, line.description, line.amount.amount] for line in made.lines]
    assert lines == told["lines"]
    assert made.total == Money(told["total"], "SEK")


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2
