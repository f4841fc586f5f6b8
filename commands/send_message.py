"""A guest or a host writes to the other."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from commands.conversing import About, taking_part
from commands.versioned import Versioned
from commands.work import Work
from domain.conversation.decisions import send
from domain.conversation.state import Conversation


@dataclass(frozen=True, kw_only=True)
class SendMessage:
    """Write ``text``, for whichever side the actor is on."""

    about: About
    message_id: UUID
    text: str


def send_message(message: SendMessage, work: Work) -> Versioned[Conversation]:
    """The conversation, the new message last; raises NoSuch and NotYours."""
    conversation, side, actor = taking_part(message.about, work)
    sent = send(side, message_id=message.message_id, sender=actor, text=message.text, now=work.now)
    return work.readable(work.record(conversation, sent), conversation.stream)
