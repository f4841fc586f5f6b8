"""Which ports the stack takes, and who has them if it cannot."""

from __future__ import annotations

import random
import socket
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import psutil

from stack.errors import StackError

Ports = Literal["fixed", "free"]

DEFAULTS = {
    "postgres": 15432,
    "redis": 16379,
    "kafka": 19092,
    "kafka_controller": 19093,
    "elasticsearch": 19200,
    "elasticsearch_transport": 19300,
}
FREE = range(20_000, 32_768)
"""Where free ports are looked for: below those that systems give to connections (Linux from 32768),
or somebody's connection could have the port before its server listens, even one to that port."""

APP_DEFAULTS = {"gateway": 8000, "commands": 8001, "queries": 8002}


def setting(name: str) -> str:
    """The environment variable that sets a port."""
    return f"SOJOURN_{name.upper()}_PORT"


def choose_ports(
    names: Iterable[str],
    environ: Mapping[str, str],
    policy: Ports,
    before: Mapping[str, int],
) -> dict[str, int]:
    """A port for every name: the configured one, else the default or (policy) a free one.

    With `free`, the port of last time is taken again when nobody else has it. Raises `StackError`
    when a configured or default port is taken or not a port.
    """
    chosen: dict[str, int] = {}
    for name in names:
        configured = environ.get(setting(name), "")
        if configured:
            chosen[name] = _number(name, configured)
            require_free(name, chosen[name])
        elif policy == "fixed":
            chosen[name] = (DEFAULTS | APP_DEFAULTS)[name]
            require_free(name, chosen[name])
        elif before.get(name) and is_free(before[name]):
            chosen[name] = before[name]
        else:
            chosen[name] = any_free(set(chosen.values()))
    return chosen


def any_free(but: Collection[int] = ()) -> int:
    """A port of :data:`FREE` that nobody listens on, none of ``but``."""
    # Others who look at the same time, perhaps with the same seed, look elsewhere.
    chance = random.SystemRandom()
    while (port := chance.choice(FREE)) in but or not is_free(port):
        pass
    return port


def require_free(name: str, port: int) -> None:
    """Raise `StackError` naming the port, the setting and, if known, the process that has it."""
    if not is_free(port):
        raise StackError(
            f"port {port} ({name.replace('_', ' ')}) is taken{_by_whom(port)}:"
            f" stop that, or set {setting(name)} to another port"
        )


def is_free(port: int) -> bool:
    """Whether a server could listen there on this machine now."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StackError(f"{setting(name)} is {text!r}: a port is a number from 1 to 65535")
    return int(text)


def _by_whom(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if (
                connection.status == psutil.CONN_LISTEN
                and connection.laddr
                and connection.laddr.port == port
                and connection.pid
            ):
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return ""
