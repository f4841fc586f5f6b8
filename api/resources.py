"""The resources by which OpenAPI documents group endpoints, in the order of a booking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RESOURCES: dict[str, str] = {
    "tokens": "Sign in and out (RFC 6749, RFC 7009).",
    "accounts": "Join, and what people may do.",
    "me": "My account, listings, trips and reservations.",
    "search": "Find published listings.",
    "listings": "What hosts offer: its words, nights and prices.",
    "rules": "What hosts ask of a stay and charge for it, always and on single dates.",
    "calendars": "What is taken elsewhere, and what is taken here, as iCalendar.",
    "blocks": "Nights that a host takes off the market.",
    "co-hosts": "Who may act for a host, and in what.",
    "quotes": "A price that stands for an hour.",
    "promotions": "Coupons that hosts and the platform give.",
    "bookings": "Hold, confirm and cancel; approve and decline.",
    "live": "Hear what happens to bookings, while it happens.",
    "webhooks": "Be told of what happens to bookings, by signed requests to your own server.",
    "payments": "Pay, and what the providers tell of it.",
    "reviews": "What guests and hosts say of a stay: neither reads the other's first.",
    "messages": "What guests and hosts write to each other, with or without a booking.",
    "waitlist": "Wait for nights that are taken, and take them when they come free.",
    "audit": "The log itself, for auditors.",
}
"""By tag; the tag of a router is one of these."""


def tags_of(paths: Mapping[str, Mapping[str, Any]]) -> list[dict[str, str]]:
    """The tags that the operations at ``paths`` have, each with what it is about."""
    used = {
        tag
        for operations in paths.values()
        for operation in operations.values()
        for tag in operation.get("tags", ())
    }
    return [
        {"name": name, "description": about} for name, about in RESOURCES.items() if name in used
    ]
