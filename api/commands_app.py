"""The command app: everything that changes something, and signing in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from api.assembly import Lifespan, assemble
from api.command_routes import (
    accounts,
    blocks,
    bookings,
    co_hosts,
    exports,
    external_calendars,
    listings,
    live_tickets,
    messages,
    passwords,
    payments,
    promotions,
    quotes,
    reviews,
    rules,
    tokens,
    waitlist,
    webhook_endpoints,
    webhooks,
)
from api.commanding import CommandSide
from api.conventions.bearer import TokenIssuer, TokenVerifier
from api.conventions.sight import Sight
from api.health import Check
from api.log_sight import LogSight
from api.mail.correspondence import Correspondence
from api.mail.letters import Letters
from api.mail.mailer import Mailer, NoMailer
from api.mail.outbox import Outbox
from api.middleware.client_address import LOOPBACK
from api.secrets import key_for, webhook_key, webhook_secrets_key
from api.sign_in.accounts import PostgresCredentials, connect_accounts
from api.sign_in.grants import SignIn
from api.sign_in.letter_tokens import LetterTokens
from api.sign_in.passwords import Passwords
from api.sign_in.sessions import PostgresSessions
from commands.execute import Commands
from commands.payments.sandbox import NAME as SANDBOX
from commands.webhooks.deliveries import Deliveries
from domain.webhook.addresses import Network
from eventlog.application import EventLog
from eventlog.personal.exports import Exports
from eventlog.personal.forgetting import Forgetting
from eventlog.personal.sealing import Sealing

DESCRIPTION = "Changes things: join, list, quote, book, confirm, cancel."

ANSWER_WITHIN = 12.0
"""Seconds for a whole answer: a little more than a command is decided again and again."""

ROUTERS = (
    accounts.router,
    exports.router,
    passwords.router,
    tokens.router,
    listings.router,
    rules.router,
    blocks.router,
    external_calendars.router,
    quotes.router,
    promotions.router,
    bookings.router,
    payments.router,
    live_tickets.router,
    webhooks.router,
    webhook_endpoints.router,
    reviews.router,
    messages.router,
    co_hosts.router,
    waitlist.router,
)


def create_commands_app(  # noqa: PLR0913 - an app is made of these
    *,
    postgres_url: str,
    signing_seed: bytes,
    secret: bytes,
    sealing: Sealing,
    exports_url: str,
    mailer: Mailer | None = None,
    letters: Letters | None = None,
    verified_only: bool = False,
    origins: Iterable[str] = (),
    trusted_proxies: Iterable[str] = LOOPBACK,
    quota_times: int = 1,
    webhook_networks: Iterable[Network] = (),
) -> FastAPI:
    """The app on a log in Postgres, whose role may append to it.

    ``signing_seed`` is the 32 bytes of an Ed25519 key; ``secret`` keys all keyed hashes;
    ``sealing`` seals and opens what is personal, and ``exports_url`` names its database.
    Booking takes a verified e-mail address if ``verified_only``. Webhooks may go to
    ``webhook_networks`` beside the public ones. Nothing is connected before the
    app starts, and it starts without Postgres: it is not ready then.
    """
    log = EventLog(postgres_url, sealing=sealing)
    pool = connect_accounts(postgres_url, at_most=4)
    deliveries = Deliveries(postgres_url, pool_size=2)
    kept_exports = Exports(exports_url)
    issuer = TokenIssuer(signing_seed)
    credentials = PostgresCredentials(pool)
    sight = LogSight(log)
    outbox = Outbox()
    side = CommandSide(
        commands=Commands(log),
        sign_in=SignIn(
            credentials=credentials,
            sessions=PostgresSessions(pool),
            passwords=Passwords(),
            issuer=issuer,
            secret=secret,
        ),
        correspondence=Correspondence(
            sight=sight,
            credentials=credentials,
            tokens=LetterTokens(secret),
            letters=letters or Letters("Sojourn <no-reply@localhost>"),
            mailer=mailer or NoMailer(),
            outbox=outbox,
            secret=secret,
        ),
        key=key_for(secret, "idempotency"),
        forgetting=Forgetting(postgres_url, sealing.keys, kept_exports),
        webhook_keys={SANDBOX: webhook_key(secret, SANDBOX)},
        verified_only=verified_only,
        deliveries=deliveries,
        webhook_secrets_key=webhook_secrets_key(secret),
        webhook_networks=tuple(webhook_networks),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        pool.open(wait=False)
        outbox.open()
        yield
        await outbox.close()
        await to_thread.run_sync(log.close)
        await to_thread.run_sync(sealing.close)
        await to_thread.run_sync(deliveries.close)
        await to_thread.run_sync(kept_exports.close)
        await to_thread.run_sync(pool.close)

    async def postgres() -> None:
        await to_thread.run_sync(log.now)

    return commands_app(
        side,
        verifier=TokenVerifier(issuer.public_key),
        sight=sight,
        origins=origins,
        trusted_proxies=trusted_proxies,
        quota_times=quota_times,
        checks={"postgres": postgres},
        lifespan=lifespan,
    )


def commands_app(
    side: CommandSide,
    *,
    verifier: TokenVerifier,
    sight: Sight,
    origins: Iterable[str] = (),
    trusted_proxies: Iterable[str] = LOOPBACK,
    quota_times: int = 1,
    checks: Mapping[str, Check],
    lifespan: Lifespan,
) -> FastAPI:
    """The app on whatever ``side`` calls."""
    app = assemble(
        "commands",
        DESCRIPTION,
        ROUTERS,
        verifier=verifier,
        sight=sight,
        origins=origins,
        trusted_proxies=trusted_proxies,
        quota_times=quota_times,
        checks=checks,
        answer_within=ANSWER_WITHIN,
        lifespan=lifespan,
    )
    app.state.side = side
    app.state.verified_only = side.verified_only
    return app
