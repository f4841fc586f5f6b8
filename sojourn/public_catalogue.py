"""The catalogue of what outsiders are told, as a page made of the code itself."""

from __future__ import annotations

from domain.announcements import PUBLIC
from eventlog.names import NAMES
from sojourn.event_catalogue import said

PLACE = "docs/reference/public-events.md"
"""Where the page lies in a checkout."""

COMMAND = f"sojourn events --public --to {PLACE}"
"""What makes it anew."""

PARAGRAPH = "\n\n"

OPENING = f"""\
# What outsiders are told

The events that live streams and webhooks tell of, by their public names, which never change. All
are about a booking. This page is made from the code by
`{COMMAND}`: change `domain/announcements.py`, not the page.

What listens should leave names that it does not know alone: there will be more of them.

| name | what happened | in [the log](../events.md) |
|---|---|---|
"""


def page() -> str:
    """The whole catalogue in Markdown."""
    return OPENING + "".join(
        f"| `{name}` | {said(event).partition(PARAGRAPH)[0]} | `{NAMES[event]}` |\n"
        for event, name in PUBLIC.items()
    )
