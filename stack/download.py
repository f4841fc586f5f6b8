"""Downloads that resume where they stopped and are never used unless their checksum is right."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import requests

from stack.errors import StackError
from stack.lock import Piece
from stack.maven import Repository

Advance = Callable[[int], None]
Say = Callable[[str], None]

CHUNK = 1 << 18
ATTEMPTS = 5
TIMEOUT = (15, 60)


def fetch(
    repository: Repository,
    pieces: Sequence[Piece],
    folder: Path,
    advance: Advance,
    say: Say,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Put every piece into `folder`; all must belong to one artifact.

    Bytes of an earlier, interrupted download are kept. A broken connection is tried again up to
    `ATTEMPTS` times in a row; a wrong checksum once. Raises `StackError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted: list[Piece] = [piece for piece in pieces if not (folder / piece.filename).exists()]
    for piece in wanted:
        advance(_have(folder, piece))
    with repository.session() as session:
        failures, tainted = 0, False
        while wanted:
            before = sum(_have(folder, piece) for piece in wanted)
            try:
                _download(session, repository, wanted, folder, advance, say)
                failures = 0
            except (requests.RequestException, OSError) as failure:
                moved = sum(_have(folder, piece) for piece in wanted) > before
                failures = 1 if moved else failures + 1
                _raise_if_final(failure, wanted[0], failures)
                pause(0.5 * 2**failures)
                continue
            wrong: list[Piece] = [piece for piece in wanted if not _keep_if_right(folder, piece)]
            if wrong and tainted:
                raise StackError(
                    f"{wrong[0].artifact.filename} arrived twice with a wrong checksum:"
                    " ask whoever runs your Maven mirror, or try another network"
                )
            for piece in wrong:
                advance(-piece.size)
            wanted = wrong
            tainted = bool(wrong)


def _download(
    session: requests.Session,
    repository: Repository,
    pieces: Sequence[Piece],
    folder: Path,
    advance: Advance,
    say: Say,
) -> None:
    url = f"{repository.url}/{pieces[0].artifact.path}"
    for piece in pieces:
        have = _have(folder, piece)
        if have >= piece.size:
            continue
        span = {"Range": f"bytes={piece.start + have}-{piece.end - 1}"}
        with session.get(url, headers=span, stream=True, timeout=TIMEOUT) as response:
            response.raise_for_status()
            if response.status_code == requests.codes.partial_content:
                _take(response, piece.start + have, [piece], folder, advance)
                continue
            if piece.start > 0:
                say(
                    f"the repository ignores ranges: reading all of {piece.artifact.filename}"
                    f" for {sum(each.size for each in pieces) >> 20} MB of it"
                )
            _take(response, 0, pieces, folder, advance)
            return


def _take(
    response: requests.Response,
    position: int,
    pieces: Sequence[Piece],
    folder: Path,
    advance: Advance,
) -> None:
    """Append to each piece's part file what `response`, whose first byte is at `position`, adds."""
    end = max(piece.end for piece in pieces)
    for chunk in response.iter_content(CHUNK):
        for piece in pieces:
            missing_from = piece.start + _have(folder, piece)
            fresh = chunk[max(0, missing_from - position) : max(0, piece.end - position)]
            if fresh and position + len(chunk) > missing_from:
                with _part(folder, piece).open("ab") as part:
                    part.write(fresh)
                advance(len(fresh))
        position += len(chunk)
        if position >= end:
            return
    if position < end:
        raise requests.ConnectionError("the connection ended early")


def _keep_if_right(folder: Path, piece: Piece) -> bool:
    part = _part(folder, piece)
    with part.open("rb") as content:
        right = hashlib.file_digest(content, "sha256").hexdigest() == piece.sha256
    if right:
        part.replace(folder / piece.filename)
    else:
        part.unlink()
    return right


def _raise_if_final(failure: Exception, piece: Piece, failures: int) -> None:
    name = piece.artifact.filename
    if isinstance(failure, requests.HTTPError):
        status = failure.response.status_code if failure.response is not None else 500
        if status not in {408, 425, 429} and status < 500:
            raise StackError(
                f"{name} cannot be had: the Maven repository answered {status}"
            ) from None
    elif isinstance(failure, OSError) and not isinstance(failure, requests.RequestException):
        raise StackError(f"{name} cannot be stored: {failure}") from None
    if failures >= ATTEMPTS:
        raise StackError(
            f"{name} cannot be fetched ({type(failure).__name__}): check the network and proxy"
            " settings and run the same command again, it resumes"
        ) from None


def _have(folder: Path, piece: Piece) -> int:
    part = _part(folder, piece)
    return part.stat().st_size if part.exists() else 0


def _part(folder: Path, piece: Piece) -> Path:
    return folder / f"{piece.filename}.part"
