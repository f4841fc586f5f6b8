"""Setting headers on an answer on its way out, without replacing what the answer says itself."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send


def on_the_way_out(send: Send, change: Callable[[MutableHeaders], None]) -> Send:
    """``send``, with ``change`` applied to the headers of the answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message.setdefault("headers", [])
            change(MutableHeaders(scope=message))
        await send(message)

    return sending
