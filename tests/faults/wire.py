"""A proxy in front of Postgres that reads the protocol, so that a test can cut at a chosen point.

It cuts before a message, inside it or after it, or holds it back; where is a matter of the rules in
:mod:`tests.faults.cutting`.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Side = Literal["client", "server"]
SSL_REQUEST, GSS_REQUEST = 80877103, 80877104


@dataclass(frozen=True)
class Message:
    """One message of ``side``; ``statement`` is the SQL that it brings, also by a prepared name."""

    side: Side
    kind: bytes
    data: bytes
    statement: bytes = b""

    def runs(self, beginning: bytes) -> bool:
        """Whether the client has a statement run with it that begins so."""
        return self.kind in b"BQ" and self.statement.startswith(beginning)

    @property
    def answers_commit(self) -> bool:
        """Whether the server says with it that a transaction is committed."""
        return self.side == "server" and self.kind == b"C" and b"COMMIT" in self.data


Rule = Callable[[Message], int | None]
"""How many bytes of a message to let through before the cut; none lets it pass."""


def never(_message: Message) -> int | None:
    """Let everything pass."""
    return None


class _Stream:
    """What one side sends, message by message."""

    def __init__(self, side: Side, source: socket.socket, names: dict[bytes, bytes]) -> None:
        self._side: Side = side
        self._source = source
        self._names = names
        self._buffer = b""

    def first(self) -> bytes:
        """The client's next message without a type byte."""
        length = struct.unpack("!I", self._take(4))[0]
        return struct.pack("!I", length) + self._take(length - 4)

    def __iter__(self) -> Iterator[Message]:
        with contextlib.suppress(EOFError):
            while True:
                kind = self._take(1)
                size = self._take(4)
                data = self._take(struct.unpack("!I", size)[0] - 4)
                yield Message(self._side, kind, kind + size + data, self._statement(kind, data))

    def _statement(self, kind: bytes, data: bytes) -> bytes:
        if self._side == "server":
            return b""
        if kind == b"Q":
            return data.rstrip(b"\0")
        first, _, rest = data.partition(b"\0")
        if kind == b"P":
            self._names[first] = rest.partition(b"\0")[0]
            return self._names[first]
        return self._names.get(rest.partition(b"\0")[0], b"") if kind == b"B" else b""

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            more = self._source.recv(65_536)
            if not more:
                raise EOFError
            self._buffer += more
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken


class Wire:
    """Listens on ``port`` for clients of the Postgres at ``url``; ``rule`` says when to cut.

    ``closed`` turns new clients away; ``cuts`` counts what was cut.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "", parts.port or 5432)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.port: int = self._listening.getsockname()[1]
        credentials = parts.netloc.rpartition("@")[0]
        self.url = parts._replace(netloc=f"{credentials}@127.0.0.1:{self.port}").geturl()
        self.rule: Rule = never
        self.closed = False
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Cut everything and listen no more."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut_all()

    def cut_all(self) -> None:
        """Cut every connection there is."""
        for pair in self._pairs:
            _cut(pair)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._listening.accept()[0]
                if self.closed:
                    client.close()
                    continue
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            server = socket.create_connection(self._server)
            pair = (client, server)
            self._pairs.append(pair)
            for each in pair:
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            names: dict[bytes, bytes] = {}
            asked = _Stream("client", client, names)
            while (first := asked.first())[4:8] in _encryption():
                client.sendall(b"N")
            server.sendall(first)
            told = _Stream("server", server, names)
            threading.Thread(target=self._pump, args=[told, client, pair], daemon=True).start()
            self._pump(asked, server, pair)

    def _pump(
        self, source: _Stream, target: socket.socket, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        with contextlib.suppress(OSError):
            for message in source:
                keep = self.rule(message)
                if keep is not None:
                    self.cuts += 1
                    target.sendall(message.data[:keep])
                    break
                target.sendall(message.data)
        _cut(pair)


def _encryption() -> tuple[bytes, ...]:
    return tuple(struct.pack("!I", code) for code in (SSL_REQUEST, GSS_REQUEST))


def _cut(pair: tuple[socket.socket, socket.socket]) -> None:
    for each in pair:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextmanager
def wire_to(url: str) -> Generator[Wire]:
    """A :class:`Wire` to the server of ``url``, closed at the end."""
    wire = Wire(url)
    try:
        yield wire
    finally:
        wire.close()
