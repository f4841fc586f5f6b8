"""A lapsed hold is expired soon, and one that can't be keeps no other waiting."""

from __future__ import annotations

import threading

from streams.timers import run_timers


def test_every_lapsed_hold_is_expired_even_if_one_of_them_fails() -> None:
    stop = threading.Event()
    expired: list[int] = []

    def expire(number: int) -> None:
        if number == 2:
            raise ValueError(number)
        expired.append(number)
        if expired.count(3) == 2:
            stop.set()

    run_timers(lambda: [1, 2, 3], expire, stop, every=0.001)
    assert expired == [1, 3, 1, 3]


def test_a_database_that_is_down_is_asked_again() -> None:
    stop = threading.Event()
    answers = iter([ConnectionError("down"), ConnectionError("down"), [7]])

    def lapsed() -> list[int]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    expired: list[int] = []

    def expire(number: int) -> None:
        expired.append(number)
        stop.set()

    run_timers(lapsed, expire, stop, every=0.001)
    assert expired == [7]


def test_a_timer_that_is_told_to_stop_does_nothing_more() -> None:
    stop = threading.Event()
    stop.set()
    run_timers(lambda: [1], lambda _number: None, stop)
