"""Get what the servers are made of into the cache, once, and say beforehand how much it is."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.archive import unpack
from stack.download import fetch
from stack.errors import StackError
from stack.lock import Archive, Jars, Lock, Piece
from stack.maven import Repository, find_repository
from stack.report import Report, megabytes
from stack.wheels import open_to_all

WORKERS = 4


@dataclass(frozen=True)
class Cache:
    """The per-user folder of things that can be fetched again; a changed lock is a new folder."""

    folder: Path
    lock: Lock

    @property
    def kafka(self) -> Path:
        """The folder of Kafka's jars."""
        return self.place("kafka", self.lock.kafka)

    @property
    def elasticsearch(self) -> Path:
        """The unpacked server."""
        return self.place("elasticsearch", self.lock.elasticsearch)

    def place(self, name: str, what: Jars | Archive) -> Path:
        """Where `what` lies once it is fetched."""
        digests = hashlib.sha256("".join(piece.sha256 for piece in what.pieces).encode("ascii"))
        return self.folder / f"{name}-{what.version}-{digests.hexdigest()[:8]}"

    def lacking(self, wanted: Iterable[str]) -> dict[str, Jars | Archive]:
        """What the wanted servers (fields of `Addresses`) need and is not here yet."""
        needs: dict[str, Jars | Archive] = {}
        if "elasticsearch_url" in wanted:
            needs["elasticsearch"] = self.lock.elasticsearch
        if "kafka_bootstrap" in wanted:
            needs["kafka"] = self.lock.kafka
        return {name: what for name, what in needs.items() if not self._has(name, what)}

    def _has(self, name: str, what: Jars | Archive) -> bool:
        place = self.place(name, what)
        if isinstance(what, Archive):
            return place.exists()
        return all((place / jar.filename).exists() for jar in what.pieces)


def fetch_servers(
    cache: Cache,
    wanted: Iterable[str],
    report: Report,
    find: Callable[[], Repository] = find_repository,
) -> None:
    """Fetch what is wanted and not here; another process that fetches is waited for."""
    make_shared(cache.folder)
    if not cache.lacking(wanted):
        return
    with _only_one(cache.folder / "fetching", report):
        lacking = cache.lacking(wanted)
        if lacking:
            _announce(cache, lacking, report)
            _fetch_all(cache, lacking, find(), report)


def make_shared(folder: Path) -> None:
    """Make `folder` if needed; raise `StackError` when that is refused."""
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)
    except OSError as refusal:
        raise StackError(f"{folder} cannot be made ({refusal}): set SOJOURN_CACHE") from None


def _fetch_all(
    cache: Cache, lacking: dict[str, Jars | Archive], repository: Repository, report: Report
) -> None:
    with report.transfers() as transfer, ThreadPoolExecutor(WORKERS) as workers:
        tasks: list[Callable[[], None]] = []
        for name, what in lacking.items():
            place = cache.place(name, what)
            advance = transfer(_title(what), _size(what))
            if isinstance(what, Archive):
                tasks.append(_archive_task(repository, what, place, advance, report))
            else:
                tasks += [_jar_task(repository, jar, place, advance, report) for jar in what.pieces]
        futures = [workers.submit(task) for task in tasks]
        try:
            for future in futures:
                future.result()
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise
    for name, what in lacking.items():
        open_to_all(cache.place(name, what))


def _jar_task(
    repository: Repository, jar: Piece, place: Path, advance: Callable[[int], None], report: Report
) -> Callable[[], None]:
    return lambda: fetch(repository, [jar], place, advance, report.say)


def _archive_task(
    repository: Repository,
    archive: Archive,
    place: Path,
    advance: Callable[[int], None],
    report: Report,
) -> Callable[[], None]:
    def task() -> None:
        pieces = place.with_name(f"{place.name}.pieces")
        fetch(repository, archive.pieces, pieces, advance, report.say)
        unpack(archive, pieces, place)
        shutil.rmtree(pieces)

    return task


def _announce(cache: Cache, lacking: dict[str, Jars | Archive], report: Report) -> None:
    total = sum(_size(what) for what in lacking.values())
    report.say(f"To fetch once, {megabytes(total)} into {cache.folder}:")
    for what in lacking.values():
        source = f"{len(what.pieces)} jars"
        if isinstance(what, Archive):
            source = f"one folder of {what.pieces[0].artifact.filename}"
        report.say(f"  {_title(what)}: {megabytes(_size(what))}, {source}")


@contextmanager
def _only_one(path: Path, report: Report) -> Generator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report.say("Another process is fetching the same; waiting for it ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _title(what: Jars | Archive) -> str:
    return f"{what.name} {what.version}"


def _size(what: Jars | Archive) -> int:
    return sum(piece.size for piece in what.pieces)
