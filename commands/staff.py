"""Some things are done for the platform itself, by its support and its administrators."""

from __future__ import annotations

from commands.work import Work
from domain.account.facts import Role
from domain.account.state import STAFF
from domain.refusals import NotYours


def roles_of_actor(work: Work) -> frozenset[Role]:
    """What the actor may do, as this step sees it; nothing for a process or nobody."""
    actor = work.context.actor
    return work.account(actor).state.roles if actor else frozenset()


def need_staff(work: Work, action: str) -> None:
    """Raises NotYours for who is neither support nor admin."""
    if not STAFF & roles_of_actor(work):
        raise NotYours(action=action)
