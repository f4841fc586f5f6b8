"""What guests thought of a listing, in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

from domain.review.facts import Stars

Counts = tuple[int, int, int, int, int]
"""How many reviews gave one star, how many two, and so on up to five."""

NONE: Counts = (0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Rating:
    """How many published reviews gave how many stars."""

    counts: Counts = NONE

    def and_one(self, stars: Stars) -> Rating:
        """With one more review."""
        one, two, three, four, five = (
            count + (stars == given) for given, count in enumerate(self.counts, 1)
        )
        return Rating((one, two, three, four, five))

    @property
    def count(self) -> int:
        """How many reviews there are."""
        return sum(self.counts)

    @property
    def hundredths(self) -> int:
        """The average in hundredths of a star, rounded half to even; 0 without a review."""
        if not self.count:
            return 0
        stars = sum(given * count for given, count in enumerate(self.counts, 1))
        whole, rest = divmod(100 * stars, self.count)
        half = 2 * rest - self.count
        return whole + (half > 0 or (half == 0 and whole % 2 == 1))
