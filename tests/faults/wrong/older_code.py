"""`sojourn` as it was before dates could be blocked: it does not know that type of event."""

from __future__ import annotations

from domain.calendar.facts import RangeBlocked
from eventlog import codec
from eventlog.names import NAMES
from sojourn.cli import main

if __name__ == "__main__":
    del codec._decoders[NAMES[RangeBlocked]]  # pyright: ignore[reportPrivateUsage] - older on purpose
    main()
