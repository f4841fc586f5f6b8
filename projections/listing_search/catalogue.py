"""Every generation of the search index: which are built, fed and whole, and which readers see.

All of it is aliases, so that each change is one atomic step and vanishes with its index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from elasticsearch import AsyncElasticsearch

from projections.generation import shape_of
from projections.listing_search.names import applied, listings, of_generation

FED: Final = "fed"
READY: Final = "ready"
BEFORE: Final = "before"


@dataclass(frozen=True)
class Found:
    """A generation; ``marks`` are the aliases that say what it is."""

    name: str
    shown: bool
    marks: frozenset[str]

    @property
    def fed(self) -> bool:
        """Whether workers feed it."""
        return self.shown or bool(self.marks & {FED, READY})

    @property
    def state(self) -> str:
        """In a word, as it is told."""
        return next((mark for mark in (READY, FED) if mark in self.marks), "building")


class Catalogue:
    """The generations whose indices begin with ``prefix``."""

    def __init__(self, client: AsyncElasticsearch, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._listings = listings(prefix)

    async def found(self) -> dict[str, Found]:
        """Every generation that was not dropped, by name."""
        answer = await self._client.options(ignore_status=404).indices.get_alias(
            index=f"{self._listings}-*", allow_no_indices=True
        )
        if "error" in answer.body:
            return {}
        generations: dict[str, Found] = {}
        for index, about in answer.body.items():
            name = index.removeprefix(f"{self._listings}-")
            aliases: dict[str, Any] = about["aliases"]
            marks = frozenset(mark for mark in (FED, READY, BEFORE) if self._mark(mark) in aliases)
            generations[name] = Found(name, self._listings in aliases, marks)
        return generations

    async def shown(self) -> str | None:
        """The generation that readers see, if they see one."""
        return next((each.name for each in (await self.found()).values() if each.shown), None)

    async def mark(self, generation: str, mark: str) -> None:
        """Say that ``generation`` is :data:`FED` or :data:`READY`."""
        index = of_generation(self._listings, generation)
        await self._client.indices.put_alias(index=index, name=self._mark(mark))

    async def show(self, generation: str) -> bool:
        """Let readers see ``generation``, and only that, from one moment on; false if not whole."""
        found = await self.found()
        wanted = found.get(generation)
        if wanted is None or READY not in wanted.marks:
            return False
        if wanted.shown:
            return True
        actions: list[dict[str, Any]] = []
        for alias in (self._listings, applied(self._prefix)):
            actions += [
                {"remove": {"index": f"{alias}-*", "alias": alias, "must_exist": False}},
                {"add": {"index": of_generation(alias, generation), "alias": alias}},
            ]
        before = self._mark(BEFORE)
        everywhere = f"{self._listings}-*"
        actions.append({"remove": {"index": everywhere, "alias": before, "must_exist": False}})
        for each in found.values():
            if each.shown:
                index = of_generation(self._listings, each.name)
                actions.append({"add": {"index": index, "alias": before}})
        await self._client.indices.update_aliases(actions=actions)
        return True

    async def drop(self, generation: str) -> None:
        """Delete ``generation``; it must not be shown."""
        for alias in (self._listings, applied(self._prefix)):
            index = of_generation(alias, generation)
            await self._client.indices.delete(index=index, ignore_unavailable=True)

    async def next_name(self, shape: str) -> str:
        """What a new generation of ``shape`` is called."""
        numbers = [
            int(name.partition("-")[2] or 0)
            for name in await self.found()
            if shape_of(name) == shape_of(shape)
        ]
        return f"{shape}-{max(numbers, default=0) + 1}"

    def _mark(self, mark: str) -> str:
        return f"{self._prefix}-{mark}"
