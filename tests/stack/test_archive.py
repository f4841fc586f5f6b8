"""A folder is unpacked from an archive of which only the needed spans are there."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from stack.archive import unpack
from stack.lock import Archive, Artifact, Piece

ARTIFACT = Artifact("group:archive:1:zip")


def make_archive() -> tuple[bytes, int, int, int]:
    """The bytes, where the wanted folder begins and ends in them, and where the directory is."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("product/huge.bin", b"0" * 10_000)
        start = memory.tell()
        archive.writestr("product/server/", b"")
        archive.writestr("product/server/bin/run", b"run " * 500)
        archive.writestr("product/server/conf", b"setting: 1\n")
        end = memory.tell()
        archive.writestr("product/other.bin", b"1" * 10_000)
        directory = memory.tell()
    return memory.getvalue(), start, end, directory


def store(folder: Path, content: bytes, start: int, end: int, name: str) -> Piece:
    (folder / name).write_bytes(content[start:end])
    digest = hashlib.sha256(content[start:end]).hexdigest()
    return Piece(ARTIFACT, start, end, digest, name)


def locked(tmp_path: Path) -> Archive:
    content, start, end, directory = make_archive()
    pieces = (
        store(tmp_path, content, start, end, "span"),
        store(tmp_path, content, directory, len(content), "directory"),
    )
    return Archive("Server", "1", "product/server/", len(content), pieces)


def test_the_folder_is_unpacked_from_its_span(tmp_path: Path) -> None:
    unpack(locked(tmp_path), tmp_path, tmp_path / "server")
    files = sorted(str(path.relative_to(tmp_path / "server")) for path in tmp_path.rglob("*/*"))
    assert files == ["bin", "bin/run", "conf"]
    assert (tmp_path / "server" / "conf").read_bytes() == b"setting: 1\n"


def test_a_span_that_is_too_short_leaves_nothing_that_looks_complete(tmp_path: Path) -> None:
    lock = locked(tmp_path)
    span = tmp_path / "span"
    span.write_bytes(span.read_bytes()[:-40])
    with pytest.raises((EOFError, zipfile.BadZipFile)):
        unpack(lock, tmp_path, tmp_path / "server")
    assert not (tmp_path / "server").exists()
