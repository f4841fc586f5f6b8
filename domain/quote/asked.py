"""What a guest asks a price for."""

from __future__ import annotations

from dataclasses import dataclass

from domain.refusals import InvalidOffer
from domain.slot import Slot
from domain.stay import Stay


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A stay of ``guests`` guests in ``units`` units.

    Of a listing by the hour it is ``slot`` that is asked for, with ``lengths`` of its slot lengths.

    ``ages`` in years, when known, are those of all guests: raises InvalidOffer for fewer or more.
    """

    stay: Stay
    guests: int
    units: int = 1
    ages: tuple[int, ...] | None = None
    slot: Slot | None = None
    lengths: int | None = None

    def __post_init__(self) -> None:
        if self.ages is not None and len(self.ages) != self.guests:
            why = f"must be those of all {self.guests} guests, or left out"
            raise InvalidOffer(field="ages", why=why)

    @property
    def length(self) -> int:
        """How many nights, days or slot lengths are asked for, each priced by itself."""
        return self.stay.length if self.lengths is None else self.lengths

    @property
    def unit_nights(self) -> int:
        """How many of those of one unit that is."""
        return self.length * self.units

    def younger_than(self, age: int | None) -> int:
        """How many guests are known to be younger; none when there is no such age."""
        return sum(each < age for each in self.ages or ()) if age is not None else 0
