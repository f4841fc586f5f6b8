"""The lock file says exactly what is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack.lock import LOCK_FILE, Artifact, read_lock


def test_every_byte_that_is_fetched_has_a_checksum() -> None:
    lock = read_lock()
    pieces = [*lock.kafka.pieces, *lock.elasticsearch.pieces]
    assert len(pieces) == 48
    assert all(piece.size > 0 and len(piece.sha256) == 64 for piece in pieces)


def test_the_elasticsearch_pieces_are_its_span_and_the_directory_at_the_archives_end() -> None:
    server, directory = read_lock().elasticsearch.pieces
    assert server.end <= directory.start
    assert directory.end == read_lock().elasticsearch.size


def test_the_lock_names_no_host() -> None:
    assert "://" not in LOCK_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("coordinate", "path"),
    [
        ("org.slf4j:slf4j-api:1.7.36", "org/slf4j/slf4j-api/1.7.36/slf4j-api-1.7.36.jar"),
        ("a.b:c:1:zip", "a/b/c/1/c-1.zip"),
    ],
)
def test_a_coordinate_has_one_place_in_every_repository(coordinate: str, path: str) -> None:
    assert Artifact(coordinate).path == path


@pytest.mark.parametrize("coordinate", ["", "group:name", "a:b:c:d:e"])
def test_what_is_no_coordinate_is_refused(coordinate: str) -> None:
    with pytest.raises(ValueError, match="not a Maven coordinate"):
        _ = Artifact(coordinate).path


def test_a_mangled_checksum_is_refused(tmp_path: Path) -> None:
    mangled = tmp_path / "lock.toml"
    first = read_lock().kafka.pieces[0].sha256
    text = LOCK_FILE.read_text(encoding="utf-8").replace(first, first[:-1] + "g")
    mangled.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="not a SHA-256"):
        read_lock(mangled)
