"""Who is this, and what may they do?"""

from __future__ import annotations

from uuid import UUID

from domain.account.state import Account
from projections.account.projector import ACCOUNT
from projections.documents import read_part
from projections.generation import Generations
from projections.parts import Part


async def account(generations: Generations, account_id: UUID) -> Part[Account] | None:
    """The account with its stream's version, or none."""
    return await read_part(generations, ACCOUNT, str(account_id))
