"""What a host sets for single dates."""

from __future__ import annotations

from typing import Annotated, cast

from pydantic import Field, StrictBool, StrictInt

from api.representations.values import Day, Input, Money
from domain.rules.decisions import MOST_NIGHTS, DatesChange
from domain.rules.decisions import Field as DateField


class DatesChangeBody(Input):
    """From one date up to another: what is left out stays, null is as the rules say again."""

    start: Annotated[Day, Field(alias="from")]
    end: Annotated[Day, Field(alias="to")]
    price: Annotated[Money | None, Field(description="A night of one unit.")] = None
    minimum_nights: Annotated[
        StrictInt | None, Field(description="Of stays that begin on the date.")
    ] = None
    closed: Annotated[StrictBool | None, Field(description="Takes nobody overnight.")] = None

    def to_domain(self) -> DatesChange:
        """As the domain takes it."""
        given = self.model_fields_set - {"start", "end"}
        return DatesChange(
            start=self.start,
            end=self.end,
            given=frozenset(cast("set[DateField]", given)),
            price=self.price.to_domain() if self.price else None,
            minimum_nights=self.minimum_nights,
            closed=bool(self.closed),
        )


class CalendarPatch(Input):
    """Changes that are all made or none, the later over the earlier."""

    changes: Annotated[
        list[DatesChangeBody],
        Field(
            min_length=1,
            max_length=MOST_NIGHTS,
            description=f"At most {MOST_NIGHTS:,} nights together, none before today.",
        ),
    ]
