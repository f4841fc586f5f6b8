"""`verify` finds nothing in a world that is right, and names whatever was tampered with."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest
from prometheus_client import CollectorRegistry

from api.positions import encode_positions
from eventlog.partitioner import partition_of
from projections.generation import CURRENT
from sojourn.verify.checking import verify
from sojourn.verify.following import FollowMetrics, follow
from sojourn.verify.stores import open_stores
from sojourn.verify.verification import Verification
from tests.platforms import Platform
from tests.processes import sojourn
from tests.sojourn.small_world import SmallWorld, apply_log, live, read_models, untyped

pytestmark = pytest.mark.servers

Tamper = Callable[[SmallWorld], Awaitable[None]]


class Unheard:
    """Nobody watches the progress of a test."""

    def begin(self, what: str, total: int | None = None) -> None:
        """See :class:`sojourn.verify.checking.Told`."""

    def advance(self, by: int) -> None:
        """See :class:`sojourn.verify.checking.Told`."""


async def verified(
    platform: Platform, *, wait: float = 0, journal: Path | None = None
) -> Verification:
    async with open_stores(platform.settings) as stores:
        return await verify(stores, wait, journal, Unheard())


@pytest.fixture(scope="module")
def untouched(shared_platform: Platform) -> SmallWorld:
    """A world for tests that only look at it."""
    made = live(shared_platform)
    asyncio.run(apply_log(shared_platform))
    return made


@pytest.fixture
async def world(platform: Platform) -> SmallWorld:
    made = live(platform)
    await apply_log(platform)
    return made


def sql(*statements: str) -> Tamper:
    """Statements of the schema's owner, whom no guard stops."""

    async def tamper(world: SmallWorld) -> None:
        url = world.platform.settings.need("postgres_url")
        with psycopg.connect(url, autocommit=True) as owner:
            for statement in statements:
                owner.execute(
                    statement.format(  # type: ignore[arg-type] - the statements are in this file
                        listing=world.listing, guest=world.guest, arrive=world.arrive
                    )
                )

    return tamper


def in_redis(model: str, identity: str, *command: object) -> Tamper:
    """A command of Redis on one document or list."""

    async def tamper(world: SmallWorld) -> None:
        key = f"{world.platform.name}:{CURRENT}:{model}:{getattr(world, identity)}"
        name, *rest = command
        async with read_models(world.platform) as (redis, _):
            await untyped(redis).execute_command(name, key, *rest)

    return tamper


def in_index(script: str) -> Tamper:
    """A change of the listing's search document; none deletes it."""

    async def tamper(world: SmallWorld) -> None:
        index = f"{world.platform.name}-listings"
        async with read_models(world.platform) as (_, client):
            if script:
                await client.update(index=index, id=str(world.listing), script={"source": script})
            else:
                await client.delete(index=index, id=str(world.listing))

    return tamper


def edited(model: str, identity: str, part: str, old: bytes, new: bytes) -> Tamper:
    """A part of a document in Redis, rewritten as if somebody knew how."""

    async def tamper(world: SmallWorld) -> None:
        key = f"{world.platform.name}:{CURRENT}:{model}:{getattr(world, identity)}"
        async with read_models(world.platform) as (redis, _):
            stored: bytes = await untyped(redis).hget(key, part)
            assert old in stored
            await untyped(redis).hset(key, part, stored.replace(old, new))

    return tamper


async def test_a_world_that_is_right_is_clean(world: SmallWorld) -> None:
    result = await verified(world.platform)
    assert result.first is None
    assert result.lag == []
    assert result.claims.counts == {"calendars": 1, "claims": 3}
    assert result.receipts.counts == {"keyed commands": 2, "receipts": 2}
    assert re.fullmatch(r"verify: clean — \d+ events, 8 streams, 7 documents", result.verdict), (
        result.verdict
    )


ERASED = (
    "INSERT INTO stored_events SELECT originator_id, originator_version + 1,"
    ' \'account.erased.v1\', convert_to(\'{{"account_id":"{guest}","at":"2027-01-01T00:00:00Z"}}\','
    " 'UTF8'), (SELECT max(notification_id) + 1 FROM stored_events), key,"
    " now() - interval '1 hour', occurred_at, actor, correlation_id, causation_id, hash"
    " FROM stored_events WHERE originator_id = 'account-{guest}'"
    " ORDER BY originator_version DESC LIMIT 1"
)
"""Somebody is erased since an hour, and nobody did anything about it."""

BREAKS: dict[str, tuple[int, Tamper, str]] = {
    "a changed event": (
        1,
        sql("UPDATE stored_events SET actor = 'nobody' WHERE notification_id = 2"),
        r"position 2: the hash of account-\S+ version 1 is not its own",
    ),
    "a changed hash": (
        1,
        sql("UPDATE stored_events SET hash = sha256('x') WHERE notification_id = 3"),
        r"position 3: the hash of listing-\S+ version 1 is not its own",
    ),
    "a deleted event in a stream": (
        1,
        sql("DELETE FROM stored_events WHERE notification_id = 4"),
        r"position 5: the event before it is at 3, not 4",
    ),
    "a version that skips": (
        1,
        sql("UPDATE stored_events SET originator_version = 99 WHERE notification_id = 4"),
        r"position 4: listing-\S+ has version 99 where 2 is due",
    ),
    "an event that can't be read": (
        1,
        sql("UPDATE stored_events SET topic = 'listing.unheard.v1' WHERE notification_id = 4"),
        r"position 4: cannot decode 'listing.unheard.v1'",
    ),
    "an overlapping claim in the table": (
        2,
        sql(
            "ALTER TABLE claims DROP CONSTRAINT claims_no_overlap",
            "INSERT INTO claims VALUES (gen_random_uuid(), '{listing}', 0,"
            " tsrange('{arrive}', '{arrive}'::date + 2))",
        ),
        r"claim \S+ on unit 0 of listing \S+, .+ to .+, is in the table and not so in the log",
    ),
    "a claim without its row": (
        2,
        sql("DELETE FROM claims WHERE during @> '{arrive}'::timestamp"),
        r"claim \S+ on unit 0 of listing \S+, .+ to .+, is in the log and not so in the table",
    ),
    "a claim on a listing without a calendar": (
        2,
        sql(
            "INSERT INTO claims VALUES (gen_random_uuid(), gen_random_uuid(), 0,"
            " tsrange('{arrive}', '{arrive}'::date + 2))"
        ),
        r"claim \S+ on listing \S+ is in the table and not in the log",
    ),
    "a page that says something else": (
        4,
        edited("account", "guest", "account", b"Somebody", b"Nobody"),
        r"account \S+ in Redis is not the fold of account-\S+ up to version 1",
    ),
    "a calendar that says something else": (
        4,
        edited("calendar", "listing", "calendar", b'"kind":"booking"', b'"kind":"block"'),
        r"calendar \S+ in Redis is not the fold of calendar-\S+ up to version \d+",
    ),
    "a page that can't be read": (
        4,
        in_redis("booking", "confirmed", "HSET", "booking", "null"),
        r"booking \S+ in Redis: its booking part can't be read",
    ),
    "a page that is gone": (
        4,
        in_redis("listing_page", "listing", "DEL"),
        r"listing_page \S+ in Redis is missing, though version \d+ is applied",
    ),
    "a page at a version that never was": (
        4,
        in_redis("account", "guest", "HSET", "account.version", "7"),
        r"account \S+ in Redis is at version 7, which account-\S+ never had",
    ),
    "a page at another position": (
        4,
        in_redis("account", "guest", "HSET", "account.position", "7"),
        r"account \S+ in Redis says position 7, and the log \d",
    ),
    "a trip that is not listed": (
        4,
        in_redis("trips", "guest", "ZPOPMIN"),
        r"\S+ in the trips of \S+ is missing, though position \d+ is applied",
    ),
    "a trip that nobody made": (
        4,
        in_redis("trips", "guest", "ZADD", 3, "invented"),
        r"invented in the trips of \S+ is not so in the log",
    ),
    "a page of something that is not": (
        4,
        in_redis("booking", "listing", "HSET", "booking.position", "1"),
        r"booking \S+ in Redis is not in the log",
    ),
    "a search document that says something else": (
        4,
        in_index("ctx._source.price = 1"),
        r"listing \S+ in the search index (has version|is not what its events make: price)",
    ),
    "a search document that is gone": (
        4,
        in_index(""),
        r"listing \S+ in the search index is missing, though version \d+ is applied",
    ),
    "a timer that is gone": (
        7,
        sql("DELETE FROM timers WHERE kind = 'completion'"),
        r"the timer completion of \S+ is missing, though the log sets it",
    ),
    "a timer that nobody set": (
        7,
        sql("INSERT INTO timers VALUES ('completion', '{guest}', now(), 1, 'x')"),
        r"the timer completion of \S+ is in the table and not in the log",
    ),
    "a timer at another time": (
        7,
        sql("UPDATE timers SET due_at = due_at + interval '1 hour'"),
        r"the timer completion of \S+ is due at \S+ \S+ by position \d+, and the log says",
    ),
    "a receipt that is gone": (
        5,
        sql("DELETE FROM receipts"),
        r"position \d+: keyed-command:\S+ has 0 receipts",
    ),
    "a receipt without its events": (
        5,
        sql("UPDATE receipts SET events = 9"),
        r"the receipt 'book:\S+' of account \S+ tells of 9 events, and the log has 2",
    ),
    "a receipt of other positions": (
        5,
        sql("UPDATE receipts SET positions = '{{\"0\": 1}}'"),
        r"the receipt 'book:\S+' of account \S+ tells positions \S+ 1}, and its events are at",
    ),
    "a name that is stored readable": (
        8,
        sql(
            "UPDATE stored_events SET state = convert_to(regexp_replace("
            "convert_from(state, 'UTF8'),"
            ' \'"name":"[^"]*"\', \'"name":"Ada"\'), \'UTF8\')'
            " WHERE topic = 'account.registered.v2'"
        ),
        r"position \d+: name of account.registered.v2 is readable",
    ),
    "an erased person who can sign in": (
        8,
        sql(ERASED, "INSERT INTO credentials VALUES ('{guest}', 'x', 'x')"),
        r"account \S+ is erased and can still sign in",
    ),
    "an erased person whose key is there": (
        8,
        sql(ERASED),
        r"account \S+ is erased and has a key",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
async def test_what_was_tampered_with_is_named(world: SmallWorld, what: str) -> None:
    invariant, tamper, says = BREAKS[what]
    await tamper(world)
    result = await verified(world.platform)
    [broken] = [each for each in result.findings if each.invariant == invariant]
    assert any(re.search(says, violation) for violation in broken.violations), broken.violations
    assert result.verdict.startswith("verify: VIOLATED — ")


async def test_a_double_booking_that_every_guard_let_through_is_named(world: SmallWorld) -> None:
    """One calendar, two live holds on one night: in the log, in the pages and in the index."""
    copied = (
        "INSERT INTO stored_events SELECT originator_id, originator_version + 100, topic,"
        " convert_to(replace(convert_from(state, 'UTF8'), (convert_from(state, 'UTF8')::jsonb)"
        "->>'claim_id', gen_random_uuid()::text), 'UTF8'), notification_id + 1000, key,"
        " recorded_at, occurred_at, actor, correlation_id, causation_id, hash"
        " FROM stored_events WHERE topic = 'calendar.nights_held.v1'"
        " ORDER BY notification_id LIMIT 1"
    )
    await sql(copied)(world)
    result = await verified(world.platform)
    assert any("overlaps the live claim" in violation for violation in result.claims.violations)


async def test_a_double_booking_in_a_calendar_s_page_is_named(world: SmallWorld) -> None:
    key = f"{world.platform.name}:{CURRENT}:calendar:{world.listing}"
    async with read_models(world.platform) as (redis, _):
        stored = msgspec.json.decode(await untyped(redis).hget(key, "calendar"))
        claim = next(each for each in stored["claims"].values() if each["kind"] == "booking")
        other = str(uuid4())
        stored["claims"][other] = {**claim, "id": other}
        await redis.hset(key, "calendar", msgspec.json.encode(stored))  # type: ignore[misc]
    result = await verified(world.platform)
    assert any("overlap on unit 0" in violation for violation in result.claims.violations)


async def test_a_page_behind_what_is_applied_is_named(world: SmallWorld) -> None:
    async with read_models(world.platform) as (redis, _):
        key = f"{world.platform.name}:{CURRENT}:booking:{world.cancelled}"
        before = await untyped(redis).hgetall(key)
        live(world.platform)
        await apply_log(world.platform)
        await untyped(redis).hset(key, mapping={**before, b"booking.version": b"1"})
    result = await verified(world.platform)
    assert any(
        "in Redis is at version 1 of booking-" in violation
        for violation in result.documents.violations
    )


async def test_a_lag_is_told_apart_and_breaks_nothing_unless_waited_for(world: SmallWorld) -> None:
    live(world.platform)
    result = await verified(world.platform)
    assert result.first is None
    assert {line.partition(":")[0] for line in result.lag} == {
        "pages in Redis",
        "search in Elasticsearch",
        "timers",
    }
    waited = await verified(world.platform, wait=0.1)
    assert waited.first is not None
    assert "did not catch up within 0.1 s" in waited.first


async def test_pages_that_are_not_there_are_told(platform: Platform) -> None:
    live(platform)
    async with read_models(platform) as (redis, _):
        await redis.delete(f"{platform.name}:generation")
    result = await verified(platform, wait=0.1)
    assert any("they are not there" in violation for violation in result.documents.violations)


def told(world: SmallWorld, journal: Path, **answer: object) -> Path:
    """A journal with one answer about the confirmed booking."""
    partition = partition_of(str(world.listing))
    url = world.platform.settings.need("postgres_url")
    with psycopg.connect(url) as owner:
        last = owner.execute(
            "SELECT max(notification_id) FROM stored_events WHERE key = %s", [str(world.listing)]
        ).fetchone()
    assert last is not None
    plain: dict[str, object] = {
        "status": 200,
        "method": "POST",
        "path": f"/v1/bookings/{world.confirmed}/confirm",
        "position": encode_positions({partition: last[0]}),
        "id": str(world.confirmed),
    }
    journal.write_bytes(msgspec.json.encode(plain | answer) + b"\n")
    return journal


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ({}, None),
        ({"position": None, "id": None}, None),
        ({"status": 409, "id": "nothing"}, None),
        ({"method": "GET", "id": "nothing"}, None),
        ({"position": encode_positions({0: 10**9})}, "position 1000000000 of partition 0 is not"),
        ({"position": "?"}, "is no position token"),
        ({"id": str(uuid4())}, "is not in the log"),
        ({"path": "/v1/bookings/x/cancel"}, "has no booking.cancelled.v2"),
    ],
)
async def test_what_clients_were_told_is_in_the_log(
    untouched: SmallWorld, tmp_path: Path, answer: dict[str, object], wrong: str | None
) -> None:
    journal = told(untouched, tmp_path / "journal.jsonl", **answer)
    result = await verified(untouched.platform, journal=journal)
    if wrong is None:
        assert result.first is None
    else:
        assert result.first is not None
        assert result.first.startswith("journal line 1, POST /v1/bookings/")
        assert wrong in result.first


async def test_the_command_ends_with_its_verdict_and_its_exit_code(world: SmallWorld) -> None:
    clean = sojourn(world.platform, "verify", "--wait", "0")
    assert clean.returncode == 0, clean.stderr
    assert clean.stdout.splitlines()[-1].startswith("verify: clean — ")
    await sql("DELETE FROM claims")(world)
    broken = sojourn(world.platform, "verify", "--wait", "0")
    assert broken.returncode == 1
    assert broken.stdout.splitlines()[-1].startswith("verify: VIOLATED — claim ")


async def test_following_names_each_difference_and_counts_round_by_round(
    world: SmallWorld,
) -> None:
    registry = CollectorRegistry()
    metrics = FollowMetrics(registry)

    async def followed() -> list[str]:
        found: list[str] = []
        async with open_stores(world.platform.settings) as stores:
            await follow(
                stores, rate=1e9, metrics=metrics, told=Unheard(), found=found.append, rounds=1
            )
        return found

    assert await followed() == []
    await edited("account", "guest", "account", b"Somebody", b"Nobody")(world)
    [found] = await followed()
    assert re.match(r"account \S+ in Redis is not the fold of account-\S+ up to version 1", found)
    assert registry.get_sample_value("sojourn_verify_rounds_total") == 2
    assert registry.get_sample_value("sojourn_verify_differences_total") == 1
    assert registry.get_sample_value("sojourn_verify_documents_total") == 14
