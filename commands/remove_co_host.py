"""A person no longer acts for a host."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.work import Work
from domain.listing import co_hosts
from domain.refusals import NotYours


@dataclass(frozen=True, kw_only=True)
class RemoveCoHost:
    """Let the account act for the host no longer."""

    listing_id: UUID
    account_id: UUID


def remove_co_host(message: RemoveCoHost, work: Work) -> None:
    """For hosts, and for co-hosts who leave; raises NoSuch and NotYours."""
    listing = work.listing(message.listing_id)
    if work.context.actor not in {listing.state.host_id, message.account_id}:
        raise NotYours(action="choose who co-hosts this listing")
    work.record(listing, co_hosts.remove_co_host(listing.state, message.account_id))
