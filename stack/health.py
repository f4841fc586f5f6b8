"""Ask each server, in its own protocol, whether it takes work."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
from urllib.parse import urlsplit

TIMEOUT = 2.0


def postgres_answers(host: str, port: int) -> bool:
    """Whether Postgres takes connections; it says `57P03` while it starts or recovers."""
    user = b"user\0sojourn\0database\0postgres\0\0"
    try:
        with socket.create_connection((host, port), TIMEOUT) as connection:
            connection.sendall(struct.pack("!ii", 8 + len(user), 196608) + user)
            return connection.recv(1) == b"R"
    except OSError:
        return False


def redis_answers(host: str, port: int) -> bool:
    """Whether the server has loaded its data; it says `LOADING` before."""
    try:
        with socket.create_connection((host, port), TIMEOUT) as connection:
            connection.sendall(b"PING\r\n")
            reply = connection.recv(64)
    except OSError:
        return False
    return reply.startswith((b"+PONG", b"-NOAUTH"))


def kafka_answers(host: str, port: int) -> bool:
    """Whether a broker is registered and unfenced: Kafka's Metadata request, version 1."""
    client = b"sojourn"
    request = struct.pack("!hhih", 3, 1, 1, len(client)) + client + struct.pack("!i", 0)
    try:
        with socket.create_connection((host, port), TIMEOUT) as connection:
            connection.settimeout(TIMEOUT)
            connection.sendall(struct.pack("!i", len(request)) + request)
            reply = connection.recv(12)
    except OSError:
        return False
    return len(reply) == 12 and struct.unpack("!iii", reply)[2] > 0


def elasticsearch_answers(host: str, port: int) -> bool:
    """Whether the cluster can be searched and written to (green or yellow)."""
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT + 1)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
            reply = connection.getresponse()
            return reply.status == 200 and json.load(reply)["status"] in {"green", "yellow"}
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            return False


def http_answers(url: str) -> bool:
    """Whether a GET of `url` is answered with a success."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    with contextlib.closing(connection):
        try:
            connection.request("GET", parts.path or "/")
            return 200 <= connection.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False


def listens(address: str, default_port: int) -> bool:
    """Whether anything listens at the first of the `host:port` or URL addresses in `address`."""
    first = address.partition(",")[0]
    parts = urlsplit(first if "//" in first else f"//{first}")
    try:
        with socket.create_connection((parts.hostname or "", parts.port or default_port), TIMEOUT):
            return True
    except OSError:
        return False
