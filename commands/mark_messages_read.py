"""A guest or a host has read what the other wrote."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.conversing import About, taking_part
from commands.work import Work
from domain.conversation.decisions import mark_read


@dataclass(frozen=True, kw_only=True)
class MarkMessagesRead:
    """All messages up to ``up_to`` have been read by the side that the actor is on."""

    about: About
    up_to: UUID


def mark_messages_read(message: MarkMessagesRead, work: Work) -> None:
    """Read already, nothing happens; raises NoSuch and NotYours."""
    conversation, side, actor = taking_part(message.about, work)
    events = mark_read(conversation.state, side, by=actor, up_to=message.up_to, now=work.now)
    work.record(conversation, events)
