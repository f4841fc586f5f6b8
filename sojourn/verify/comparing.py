"""Generations of one store against the fold of the log, and so against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from projections.applied import RedisApplied
from projections.generation import Generations
from projections.listing_search.applied import SearchApplied
from projections.listing_search.asking import asking
from projections.listing_search.catalogue import Catalogue
from projections.listing_search.names import applied, listings, of_generation
from projections.registry import Registry
from sojourn.verify.findings import Findings
from sojourn.verify.index import check_index
from sojourn.verify.log_rows import head, keys_behind, of_keys
from sojourn.verify.pages import check_pages
from sojourn.verify.parked import of_sink, parked, without
from sojourn.verify.sources import Sources
from sojourn.verify.stores import Stores
from sojourn.verify.told import Told

KEYS_AT_ONCE = 300


@dataclass(frozen=True)
class Compared:
    """What came of it; ``difference`` is the first, if there is any."""

    documents: int
    generations: Sequence[str]
    difference: str | None

    @property
    def line(self) -> str:
        """The verdict."""
        names = " and ".join(self.generations)
        if self.difference:
            return f"compare: DIFFERENT — {self.difference}"
        return f"compare: equal — {self.documents:,} documents of {names}, and the log"


async def compare_generations(
    stores: Stores, store: str, names: Sequence[str], told: Told
) -> Compared:
    """Compare every document of every one of ``names``, up to the first difference."""
    apart = of_sink(parked(stores.fresh), store)
    told.begin(f"Comparing {' and '.join(names)}", head(stores.log))
    documents, last = 0, ""
    while keys := keys_behind(stores.log, last, KEYS_AT_ONCE):
        whole = Sources.of(of_keys(stores.log, keys))
        sources = without(whole, apart)
        for name in names:
            found = await check_generation(stores, store, name, sources)
            documents += sum(n for what, n in found.counts.items() if what.startswith("documents"))
            if found.violations:
                return Compared(documents, names, f"generation {name}: {found.violations[0]}")
        told.advance(len(whole.events))
        last = keys[-1]
    return Compared(documents, names, None)


async def shown_generations(stores: Stores) -> dict[str, str]:
    """The generation of each store that readers see, if they see one."""
    pages = await Registry(stores.redis, stores.redis_prefix).shown()
    with asking():
        search = await Catalogue(stores.elasticsearch, stores.index_prefix).shown()
    return {name: found for name, found in (("pages", pages), ("search", search)) if found}


async def check_generation(stores: Stores, store: str, name: str, sources: Sources) -> Findings:
    """Compare the documents that ``sources`` make with those of one generation of a store."""
    found = Findings(4, f"generation {name} is the fold of the log")
    claims = Findings(2, "not looked at here")
    now = datetime.now(UTC)
    if store == "pages":
        pinned = Generations(stores.redis, stores.redis_prefix, pinned=name)
        reached = await RedisApplied(stores.redis, stores.redis_prefix, pinned).positions()
        await check_pages(pinned, sources, reached, stores.sources, now, found, claims)
    else:
        positions = of_generation(applied(stores.index_prefix), name)
        reached = await SearchApplied(
            stores.elasticsearch, stores.index_prefix, applied_index=positions
        ).positions()
        index = of_generation(listings(stores.index_prefix), name)
        await check_index(
            stores.elasticsearch, index, sources, reached, stores.sources, now, found, claims
        )
    return found
