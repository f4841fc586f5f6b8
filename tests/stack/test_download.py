"""Downloads resume, are verified, and cope with servers that ignore ranges."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from stack.download import fetch
from stack.errors import StackError
from stack.lock import Artifact, Piece
from tests.stack.file_server import FileServer

CONTENT = bytes(range(251)) * 12_000
ARTIFACT = Artifact("group:archive:1:zip")


def piece(start: int, end: int, name: str = "piece", content: bytes = CONTENT) -> Piece:
    return Piece(ARTIFACT, start, end, hashlib.sha256(content[start:end]).hexdigest(), name)


class Progress:
    def __init__(self) -> None:
        self.total = 0
        self.lines: list[str] = []

    def advance(self, count: int) -> None:
        self.total += count


def download(server: FileServer, pieces: list[Piece], folder: Path) -> Progress:
    progress = Progress()
    fetch(
        server.repository,
        pieces,
        folder,
        progress.advance,
        progress.lines.append,
        pause=lambda _: None,
    )
    return progress


def test_a_piece_is_the_asked_bytes_and_nothing_else(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server:
        progress = download(server, [piece(1_000_000, 2_500_000)], tmp_path)
    assert (tmp_path / "piece").read_bytes() == CONTENT[1_000_000:2_500_000]
    assert server.asked == ["bytes=1000000-2499999"]
    assert progress.total == 1_500_000


def test_an_interrupted_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    (tmp_path / "piece.part").write_bytes(CONTENT[:700_000])
    with FileServer(CONTENT) as server:
        progress = download(server, [piece(0, 3_012_000)], tmp_path)
    assert (tmp_path / "piece").read_bytes() == CONTENT
    assert server.asked == ["bytes=700000-3011999"]
    assert progress.total == 3_012_000


def test_a_broken_connection_is_taken_up_again_without_losing_bytes(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server:
        server.break_after = 1_000_000
        download(server, [piece(0, 3_012_000)], tmp_path)
    assert (tmp_path / "piece").read_bytes() == CONTENT
    assert len(server.asked) == 2
    assert server.asked[1] != server.asked[0]


def test_what_is_there_already_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "piece").write_bytes(CONTENT)
    with FileServer(CONTENT) as server:
        download(server, [piece(0, 3_012_000)], tmp_path)
    assert server.asked == []


def test_ignored_ranges_cost_the_whole_archive_and_that_is_said(tmp_path: Path) -> None:
    wanted = [piece(500_000, 1_500_000, "span"), piece(2_900_000, 3_012_000, "directory")]
    with FileServer(CONTENT, honours_ranges=False) as server:
        progress = download(server, wanted, tmp_path)
    assert (tmp_path / "span").read_bytes() == CONTENT[500_000:1_500_000]
    assert (tmp_path / "directory").read_bytes() == CONTENT[2_900_000:]
    assert len(server.asked) == 1
    assert "ignores ranges" in progress.lines[0]
    assert progress.total == 1_112_000


def test_a_wrong_part_is_fetched_once_more_from_the_start(tmp_path: Path) -> None:
    (tmp_path / "piece.part").write_bytes(b"x" * 1_000_000)
    with FileServer(CONTENT) as server:
        progress = download(server, [piece(0, 3_012_000)], tmp_path)
    assert (tmp_path / "piece").read_bytes() == CONTENT
    assert progress.total == 3_012_000


def test_a_file_that_stays_wrong_is_refused_and_never_kept(tmp_path: Path) -> None:
    with (
        FileServer(b"y" * 3_012_000) as server,
        pytest.raises(StackError, match="arrived twice with a wrong checksum"),
    ):
        download(server, [piece(0, 3_012_000)], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_busy_server_is_asked_again(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server:
        server.answer_once = [503, 429]
        download(server, [piece(0, 3_012_000)], tmp_path)
    assert (tmp_path / "piece").read_bytes() == CONTENT


def test_a_missing_file_is_one_line_at_once(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server:
        server.answer_once = [404]
        with pytest.raises(StackError, match=r"archive-1\.zip cannot be had: .* answered 404"):
            download(server, [piece(0, 10)], tmp_path)
    assert len(server.asked) == 1


def test_a_network_that_is_down_is_one_line_after_a_few_attempts(tmp_path: Path) -> None:
    with FileServer(CONTENT) as server:
        pass
    with pytest.raises(StackError, match="run the same command again, it resumes"):
        download(server, [piece(0, 10)], tmp_path)
