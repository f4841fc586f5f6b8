"""Work that many ask for is shared, and nobody gets an answer that is older than the question."""

from __future__ import annotations

import asyncio

from projections.together import Together


class Counting:
    """Work that ends when it is told to; its answer is the number of the run."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def work(self) -> int:
        self.begun += 1
        number = self.begun
        await self.may_end.wait()
        return number


async def begun(asked: list[asyncio.Task[int]]) -> None:
    """Let the event loop run until all of them wait."""
    for _ in range(5 * len(asked)):
        await asyncio.sleep(0)


async def test_who_asks_while_it_runs_shares_the_next_run() -> None:
    counting = Counting()
    together = Together(counting.work)
    first = [asyncio.ensure_future(together()) for _ in range(3)]
    await begun(first)
    later = [asyncio.ensure_future(together()) for _ in range(3)]
    await begun(later)
    assert counting.begun == 1
    counting.may_end.set()
    assert await asyncio.gather(*first) == [1, 1, 1]
    assert await asyncio.gather(*later) == [2, 2, 2]
    assert counting.begun == 2


async def test_one_who_gives_up_leaves_the_others_their_answer() -> None:
    counting = Counting()
    together = Together(counting.work)
    impatient, patient = asked = [asyncio.ensure_future(together()) for _ in range(2)]
    await begun(asked)
    impatient.cancel()
    counting.may_end.set()
    assert await patient == 1
    assert impatient.cancelled()


async def test_all_hear_of_a_failure_and_the_next_run_is_a_new_try() -> None:
    failing = True

    async def work() -> str:
        await asyncio.sleep(0)
        if failing:
            raise ConnectionError("down")
        return "up"

    together = Together(work)
    answers = await asyncio.gather(together(), together(), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError, ConnectionError]
    failing = False
    assert await together() == "up"
