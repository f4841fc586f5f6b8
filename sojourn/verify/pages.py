"""Invariant 4 in Redis: each part is the fold of its source up to its version, none is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain.calendar.state import Calendar
from domain.recorded import Recorded
from projections.documents import PartKey, decode_part, fill_reads
from projections.generation import Generations
from projections.parts import Part
from sojourn.verify.claims import check_live
from sojourn.verify.findings import Findings
from sojourn.verify.sources import NotFoldable, Sources, folded
from streams.pages import LISTS, parts_of

Refresh = Callable[[str], Sources]
"""The events of a key as they are now, for a document that is ahead of what was read before."""


async def check_pages(
    generations: Generations,
    sources: Sources,
    applied: Mapping[int, int],
    refresh: Refresh,
    now: datetime,
    documents: Findings,
    claims: Findings,
) -> None:
    """Compare every part and list entry that ``sources`` make with what Redis has."""
    made_from = _made_from(sources.events)
    wanted = list(made_from)
    stored = await generations.ask(lambda pipeline, keys: fill_reads(pipeline, keys, wanted))
    for key, answer in zip(wanted, stored, strict=True):
        name = f"{key.kind.model} {key.document} in Redis"
        try:
            part = decode_part(key.kind, answer)
        except (msgspec.MsgspecError, ValueError) as error:
            documents.found(f"{name}: its {key.kind.stream} part can't be read: {error}")
            continue
        _check_part(key, name, part, made_from[key], applied, refresh, documents)
        if part and isinstance(part.state, Calendar):
            check_live(part.state.claims.values(), now, name, claims)
    documents.count("documents in Redis", len({(k.kind.model, k.document) for k in wanted}))
    await _check_entries(generations, sources, applied, documents)


def _made_from(events: Sequence[Recorded]) -> dict[PartKey, list[Recorded]]:
    """The events of each part, in order: a part's version is how many of them it has."""
    found: dict[PartKey, list[Recorded]] = {}
    for recorded in events:
        for key in parts_of(recorded):
            found.setdefault(key, []).append(recorded)
    return found


def _check_part(
    key: PartKey,
    name: str,
    part: Part[Any] | None,
    events: list[Recorded],
    applied: Mapping[int, int],
    refresh: Refresh,
    into: Findings,
) -> None:
    source = f"{key.kind.named_by}-{key.document}"
    if key.kind.named_by != key.kind.stream:
        source = f"each {key.kind.stream} of {source}"
    version = part.version if part else 0
    due = sum(event.position <= applied.get(event.partition, 0) for event in events)
    if version < due:
        lacks = "is missing" if part is None else f"is at version {version} of {source}"
        into.found(f"{name} {lacks}, though version {due} is applied")
    if part is None:
        return
    if version > len(events):
        events = _made_from(refresh(events[0].key).events).get(key, events)
    try:
        expected = folded(key.kind, events[:version])
    except NotFoldable as error:
        into.found(f"{name} can't be compared: {error}")
        return
    if expected is None or expected.version != version:
        into.found(f"{name} is at version {version}, which {source} never had")
    elif expected.position != part.position:
        into.found(f"{name} says position {part.position}, and the log {expected.position}")
    elif expected.state != part.state:
        into.found(f"{name} is not the fold of {source} up to version {version}")


async def _check_entries(
    generations: Generations, sources: Sources, applied: Mapping[int, int], into: Findings
) -> None:
    entries = [
        (entry, recorded)
        for recorded in sources.events
        for list_of in LISTS
        for entry in list_of(recorded)
    ]

    def fill(pipeline: Any, keys: Any) -> None:
        for entry, _ in entries:
            pipeline.zscore(keys.document(entry.model, entry.owner), entry.member)

    scores = await generations.ask(fill) if entries else []
    for (entry, recorded), score in zip(entries, scores, strict=True):
        name = f"{entry.member} in the {entry.model} of {entry.owner}"
        if score is None and recorded.position <= applied.get(recorded.partition, 0):
            into.found(f"{name} is missing, though position {recorded.position} is applied")
        elif score is not None and score != entry.position:
            into.found(f"{name} is listed at {score:.0f}, and the log says {entry.position}")
    into.count("list entries", len(entries))
