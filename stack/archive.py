"""Unpack one folder of a zip archive of which only some byte spans were fetched."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from stack.lock import Archive, Piece


class Spans(io.RawIOBase):
    """Read an archive of `size` bytes that is known only where a piece of it lies in `folder`."""

    def __init__(self, folder: Path, pieces: Sequence[Piece], size: int) -> None:
        """Open every piece."""
        super().__init__()
        self._files = [(piece, (folder / piece.filename).open("rb")) for piece in pieces]
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move, as every file does."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = origin + offset
        return self._position

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Bytes from here on; raises `EOFError` where nothing was fetched."""
        if size < 0:
            size = self._size - self._position
        if size == 0 or self._position >= self._size:
            return b""
        for piece, file in self._files:
            if piece.start <= self._position < piece.end:
                file.seek(self._position - piece.start)
                content = file.read(min(size, piece.end - self._position))
                self._position += len(content)
                return content
        raise EOFError(f"byte {self._position} of the archive was not fetched")

    def close(self) -> None:
        """Close every piece."""
        for _, file in self._files:
            file.close()
        super().close()


def unpack(wanted: Archive, fetched: Path, target: Path) -> None:
    """Put the wanted folder of the archive at `target`, or nothing at all.

    The zip's own checksum of every file is verified on the way.
    """
    fresh = target.with_name(f"{target.name}.new-{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    with (
        Spans(fetched, wanted.pieces, wanted.size) as spans,
        zipfile.ZipFile(spans) as archive,  # type: ignore[arg-type]
    ):
        for entry in archive.infolist():
            if entry.filename.startswith(wanted.folder):
                _unpack_entry(archive, entry, fresh / entry.filename.removeprefix(wanted.folder))
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    folder = path if entry.is_dir() else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    if not entry.is_dir():
        with archive.open(entry) as packed, path.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
