"""The lock file, read into values: what is fetched, from which artifact, with which checksum."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LOCK_FILE = Path(__file__).with_name("servers.lock.toml")


@dataclass(frozen=True)
class Artifact:
    """A file in a Maven repository, named by its coordinate `group:name:version[:packaging]`."""

    coordinate: str

    @property
    def filename(self) -> str:
        """The last part of its path, e.g. `kafka-raft-4.1.1.jar`."""
        _, name, version, packaging = self._parts()
        return f"{name}-{version}.{packaging}"

    @property
    def path(self) -> str:
        """Where every Maven repository keeps it, relative to the repository's address."""
        group, name, version, _ = self._parts()
        return f"{group.replace('.', '/')}/{name}/{version}/{self.filename}"

    def _parts(self) -> tuple[str, str, str, str]:
        match self.coordinate.split(":"):
            case [group, name, version]:
                return group, name, version, "jar"
            case [group, name, version, packaging]:
                return group, name, version, packaging
            case _:
                raise ValueError(f"not a Maven coordinate: {self.coordinate!r}")


@dataclass(frozen=True)
class Piece:
    """The bytes `start` to `end` (exclusive) of an artifact, and their SHA-256."""

    artifact: Artifact
    start: int
    end: int
    sha256: str
    filename: str

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.end - self.start


@dataclass(frozen=True)
class Jars:
    """A server that is the jars of a class path."""

    name: str
    version: str
    artifacts: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Archive:
    """A server that is one folder of a zip archive, and the pieces of the archive that hold it."""

    name: str
    version: str
    folder: str
    size: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Wheel:
    """A server that arrives as a Python wheel (its hash is in requirements/stack.txt)."""

    name: str
    version: str
    distribution: str


@dataclass(frozen=True)
class Lock:
    """Everything the stack is made of."""

    postgres: Wheel
    valkey: Wheel
    java: Wheel
    kafka: Jars
    elasticsearch: Archive


@cache
def read_lock(path: Path = LOCK_FILE) -> Lock:
    """The lock file's content; raises `ValueError` or `KeyError` when it is malformed."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Lock(
        postgres=_wheel(data["postgres"]),
        valkey=_wheel(data["valkey"]),
        java=_wheel(data["java"]),
        kafka=_jars(data["kafka"]),
        elasticsearch=_archive(data["elasticsearch"]),
    )


def _wheel(table: dict[str, Any]) -> Wheel:
    return Wheel(table["name"], table["version"], table["wheel"])


def _jars(table: dict[str, Any]) -> Jars:
    artifacts = [(Artifact(jar["coordinate"]), jar) for jar in table["jars"]]
    return Jars(
        name=table["name"],
        version=table["version"],
        artifacts=tuple(table["artifacts"]),
        pieces=tuple(
            Piece(artifact, 0, jar["size"], _digest(jar["sha256"]), artifact.filename)
            for artifact, jar in artifacts
        ),
    )


def _archive(table: dict[str, Any]) -> Archive:
    artifact = Artifact(table["artifact"])
    return Archive(
        name=table["name"],
        version=table["version"],
        folder=table["folder"],
        size=table["size"],
        pieces=tuple(
            Piece(artifact, span["start"], span["end"], _digest(span["sha256"]), span["name"])
            for span in table["spans"]
        ),
    )


def _digest(text: str) -> str:
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise ValueError(f"not a SHA-256: {text!r}")
    return text
