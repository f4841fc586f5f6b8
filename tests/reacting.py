"""The payment reactor in the test's own process, following the log instead of the topic."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from commands.execute import Commands
from commands.payments.provider import (
    Charge,
    Outcome,
    PaymentProvider,
    ProviderUnavailable,
    Return,
    Transfer,
)
from commands.payments.sandbox import Sandbox
from commands.payments.webhooks import Webhook
from eventlog.application import EventLog
from eventlog.reader import LogReader
from sojourn.wiring import sealing
from streams.reactors.asking import NAME
from streams.reactors.following import catch_up
from streams.reactors.payments import PaymentReactor
from streams.reactors.receipts import Receipts
from streams.reactors.sink import Reactors
from tests.platforms import Platform


@dataclass
class Watched:
    """The sandbox, and the keys of all calls; a call that is in ``fails`` gets no answer."""

    provider: PaymentProvider
    keys: list[str] = field(default_factory=list[str])
    fails: set[str] = field(default_factory=set[str])
    name: str = "sandbox"

    def takes(self, method: str) -> bool:
        return self.provider.takes(method)

    async def authorise(self, key: str, charge: Charge) -> Outcome:
        return self._answer(key, await self.provider.authorise(key, charge))

    async def capture(self, key: str, charge: Charge, reference: str) -> Outcome:
        return self._answer(key, await self.provider.capture(key, charge, reference))

    async def refund(self, key: str, back: Return) -> Outcome:
        return self._answer(key, await self.provider.refund(key, back))

    async def pay_out(self, key: str, transfer: Transfer) -> Outcome:
        return self._answer(key, await self.provider.pay_out(key, transfer))

    def _answer(self, key: str, outcome: Outcome) -> Outcome:
        """What was asked was done, whether or not the answer arrives."""
        self.keys.append(key)
        if key.rpartition(":")[2] in self.fails:
            raise ProviderUnavailable(key)
        return outcome


@dataclass
class Reacting:
    """A reactor process of its own: its log, its receipts and its provider."""

    sink: Reactors
    receipts: Receipts
    provider: Watched
    commands: Commands
    reader: LogReader
    told: list[Webhook]

    async def catch_up(self) -> None:
        """React to the whole log, until there is nothing new."""
        await catch_up(self.sink, self.reader)


@contextmanager
def reacting(platform: Platform) -> Generator[Reacting]:
    """A reactor; the webhooks of its sandbox are kept, not sent."""
    told: list[Webhook] = []

    def announce(_seconds: float, webhooks: Sequence[Webhook]) -> None:
        told.extend(webhooks)

    url = platform.settings.need("postgres_commands_url")
    with (
        EventLog(url, sealing=sealing(platform.settings)) as log,
        LogReader(platform.settings.need("postgres_queries_url")) as reader,
        Receipts(url, NAME) as receipts,
    ):
        provider = Watched(Sandbox(announce))
        commands = Commands(log)
        reactor = PaymentReactor(log, commands, [provider])
        sink = Reactors(reactor, receipts)
        yield Reacting(sink, receipts, provider, commands, reader, told)


def settle_all(platform: Platform) -> None:
    """Let every payment that was asked for come to its end; wherever a test may be running."""

    def in_a_loop_of_its_own() -> None:
        with reacting(platform) as process:
            asyncio.run(process.catch_up())

    with ThreadPoolExecutor(1) as threads:
        threads.submit(in_a_loop_of_its_own).result()
