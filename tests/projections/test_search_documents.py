"""Documents in Elasticsearch go forwards only, and no write makes an index by itself."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.calendar.facts import BlockLifted
from domain.listing.facts import ListingPriced
from eventlog.partitioner import PARTITIONS as OF_THE_TOPIC
from projections.connect import connect_elasticsearch
from projections.listing_search import index as names
from projections.listing_search.applied import SearchApplied
from projections.listing_search.catalogue import READY, Catalogue
from projections.listing_search.criteria import Criteria, Cursor
from projections.listing_search.index import PARTITIONS, ensure_index
from projections.listing_search.names import writing
from projections.listing_search.projector import decode_folded, document, encode
from projections.listing_search.queries import search
from projections.parts import Missed
from projections.unavailable import ReadModelMissing, ReadModelUnavailable
from streams.search_generation import Write, folded, write_forward
from tests.domain.facts import BLOCK, LISTING, NOW
from tests.projections.conftest import SearchStore
from tests.projections.history import History
from tests.projections.stories import OTHER_LISTING, a_season


def test_documents_are_the_same_in_whatever_batches() -> None:
    season = a_season().events
    whole = folded({}, season)
    for size in (1, 2, 5, 8):
        documents: dict[str, Any] = {}
        for start in range(0, len(season), size):
            documents |= folded(documents, season[start : start + size])
        assert documents == whole
        documents |= folded(documents, season)
        assert documents == whole


def test_a_document_carries_what_the_projector_goes_on_from() -> None:
    for state in folded({}, a_season().events).values():
        stored = encode(document(state))
        again = decode_folded(msgspec.json.decode(stored)["folded"])
        assert again == state
        assert encode(document(again)) == stored


def test_the_first_publication_says_how_new_a_listing_is() -> None:
    season = a_season()
    published = [event.position for event in season.events if "Published" in repr(event.event)]
    states = folded({}, season.events)
    assert states[str(LISTING)].listed_at == published[0]
    assert states[str(OTHER_LISTING)].listed_at == published[1]


def test_a_claim_on_a_listing_that_never_came_is_not_applied() -> None:
    history = History()
    [event] = history.calendar(BlockLifted(claim_id=BLOCK))
    with pytest.raises(Missed):
        folded({}, [event])


def test_a_change_of_a_listing_that_never_came_is_not_applied() -> None:
    *_, event = History().listing(ListingPriced(price=None), ListingPriced(price=None))
    with pytest.raises(Missed):
        folded({}, [event])


def test_the_index_knows_how_many_partitions_the_topic_has() -> None:
    assert PARTITIONS == OF_THE_TOPIC


@pytest.mark.parametrize("text", ["", "{}", '["price",1]', '["best",1,"a"]', '["price",1e400,"a"]'])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.decode(text)


def test_a_cursor_comes_back_equal_and_fits_its_own_order_only() -> None:
    cursor = Cursor("price", 12_345, "a")
    assert Cursor.decode(cursor.encode()) == cursor
    with pytest.raises(ValueError, match="another order"):
        Criteria(sort="newest", cursor=cursor)
    with pytest.raises(ValueError, match="near"):
        Criteria(sort="distance")


@pytest.mark.servers
async def test_writing_everything_again_changes_nothing(index: SearchStore) -> None:
    season = a_season().events
    for event in season:
        await index.sink.apply([event])
    stored = await everything(index)
    await index.sink.apply(season)
    await index.sink.apply(season[4:9])
    assert await everything(index) == stored
    assert {key: version for key, (version, _) in stored.items()} == {
        key: state.position for key, state in folded({}, season).items()
    }


@pytest.mark.servers
async def test_an_older_document_that_comes_late_is_refused(index: SearchStore) -> None:
    season = a_season().events
    await index.sink.apply(season)
    stored = await everything(index)
    # Another worker that read before and writes after us.
    late = folded({}, season[:10])
    await write_forward(
        index.client,
        writing(f"{index.prefix}-listings-{names.CURRENT}"),
        {key: Write(state.position, encode(document(state))) for key, state in late.items()},
    )
    assert await everything(index) == stored


@pytest.mark.servers
async def test_a_write_never_makes_an_index(index: SearchStore) -> None:
    await index.drop()
    with pytest.raises(ReadModelMissing):
        await index.sink.apply(a_season().events)
    with pytest.raises(ReadModelMissing):
        await index.sink.advance({1: 5})
    with pytest.raises(ReadModelMissing):
        await index.sink.applied()
    with pytest.raises(ReadModelMissing):
        await search(index.client, index.prefix, Criteria(), NOW)
    assert not await index.client.indices.exists(index=f"{index.prefix}-listings")


@pytest.mark.servers
@pytest.mark.parametrize("block", ["write", "read_only", "read_only_allow_delete"])
async def test_an_index_that_takes_no_writes_now_refuses_no_document(
    index: SearchStore, block: str
) -> None:
    listings = f"{index.prefix}-listings"
    season = a_season().events
    await index.client.indices.put_settings(
        index=listings, settings={f"index.blocks.{block}": True}
    )
    with pytest.raises(ReadModelUnavailable):
        await index.sink.apply(season)
    await index.client.indices.put_settings(
        index=listings, settings={f"index.blocks.{block}": None}
    )
    await index.sink.apply(season)
    assert set(await everything(index)) == set(folded({}, season))


@pytest.mark.servers
async def test_an_empty_index_is_shown_only_while_the_log_is_empty(index: SearchStore) -> None:
    assert await ensure_index(index.client, index.prefix, head=7)
    await index.drop()
    assert not await ensure_index(index.client, index.prefix, head=7)
    assert await ensure_index(index.client, index.prefix, head=0)


@pytest.mark.servers
async def test_waiting_makes_what_was_applied_searchable_at_once(index: SearchStore) -> None:
    applied = SearchApplied(index.client, index.prefix)
    season = a_season().events
    await index.sink.apply(season)
    reached = {event.partition: event.position for event in season}
    assert not await applied.wait(reached, timeout=0.01)
    await index.sink.advance(reached)
    await index.sink.advance(dict.fromkeys(reached, 1))
    assert await applied.positions() == reached
    assert await applied.wait(reached, timeout=1)
    assert (await search(index.client, index.prefix, Criteria(), NOW)).total == 1


@pytest.mark.servers
async def test_a_rebuilt_generation_is_seen_when_it_is_whole(index: SearchStore) -> None:
    season = a_season().events
    await index.drop()
    building = await index.sink.build()
    await building.apply(season)
    await building.save(30, {3: 30})
    await building.show()
    with pytest.raises(ReadModelMissing):
        await index.sink.applied()
    await building.finish()
    await building.show()
    assert await index.sink.applied() == {3: 30}
    assert len(await everything(index)) == 2


@pytest.mark.servers
async def test_an_index_that_older_code_made_is_made_anew_and_dropped(index: SearchStore) -> None:
    await index.drop()
    await names.create_generation(index.client, index.prefix, "1", replicas=0)
    catalogue = Catalogue(index.client, index.prefix)
    await catalogue.mark("1", READY)
    assert await catalogue.show("1")
    with pytest.raises(ReadModelMissing):
        await index.sink.applied()
    assert (await search(index.client, index.prefix, Criteria(), NOW)).total == 0
    building = await index.sink.build()
    await building.apply(a_season().events)
    await building.save(1_000, {})
    await building.finish()
    await building.show()
    assert await index.sink.applied() == {}
    assert len(await everything(index)) == 2
    assert not await index.client.indices.exists(index=f"{index.prefix}-listings-1")


async def test_elasticsearch_that_does_not_answer_is_unavailable() -> None:
    nobody = connect_elasticsearch("http://127.0.0.1:1", timeout=0.2)
    with pytest.raises(ReadModelUnavailable):
        await search(nobody, "test", Criteria(), NOW)
    await nobody.close()


async def everything(index: SearchStore) -> dict[str, tuple[int, Any]]:
    name = names.listings(index.prefix)
    await index.client.indices.refresh(index=name)
    answer = await index.client.search(index=name, version=True, size=100)
    return {hit["_id"]: (hit["_version"], hit["_source"]) for hit in answer["hits"]["hits"]}
