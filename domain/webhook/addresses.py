"""Which addresses webhooks may go to: https, and nothing that only we can reach."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from domain.refusals import InvalidOffer

LONGEST = 2_000

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""IPv6 addresses that lead to IPv4 ones behind a translator (RFC 6052, RFC 8215)."""


def check_url(url: str, networks: Sequence[Network] = ()) -> None:
    """Raise InvalidOffer for an address that nothing can be sent to.

    Plain http is for ``networks``, which are ours to reach as the operator has said. Where a name
    leads is known only when something is sent: see :func:`may_reach`.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidOffer(
            field="url", why="must be an address such as https://a.example"
        ) from None
    if len(url) > LONGEST or not url.isascii() or any(not " " < each <= "~" for each in url):
        raise InvalidOffer(field="url", why=f"must be at most {LONGEST} visible ASCII characters")
    if not host or parts.scheme not in ("http", "https"):
        raise InvalidOffer(field="url", why="must be an address such as https://a.example")
    if parts.username is not None or parts.password is not None:
        raise InvalidOffer(field="url", why="must not hold a user name or a password")
    if parts.fragment:
        raise InvalidOffer(field="url", why="must not hold a fragment")
    address = address_in(host)
    if address and not may_reach(address, networks):
        raise InvalidOffer(field="url", why="leads to a private network")
    if parts.scheme == "http" and not _ours(host, address, networks):
        raise InvalidOffer(field="url", why="must begin with https://")


def address_in(host: str) -> Address | None:
    """The IP address that ``host`` is, none for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def may_reach(address: Address, networks: Sequence[Network] = ()) -> bool:
    """Whether something may be sent to ``address``: a public one, or one in ``networks``.

    An IPv6 address that carries an IPv4 address is as good as that.
    """
    if any(address in network for network in networks):
        return True
    if isinstance(address, IPv6Address):
        if any(address in network for network in TRANSLATED):
            return False
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return may_reach(inner, networks)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _ours(host: str, address: Address | None, networks: Sequence[Network]) -> bool:
    if host == "localhost":
        address = IPv4Address("127.0.0.1")
    return address is not None and any(address in network for network in networks)
