"""Waits grow to a limit, and a fault that goes on is written about once."""

from __future__ import annotations

import logging

import pytest

from streams.backoff import Backoff


def test_each_wait_is_longer_until_the_longest() -> None:
    backoff = Backoff(logging.getLogger("test"), "it", first=0.1, longest=0.5)
    assert [backoff.failed(OSError()) for _ in range(5)] == [0.1, 0.2, 0.4, 0.5, 0.5]
    backoff.succeeded()
    assert backoff.failed(OSError()) == 0.1


def test_a_fault_is_told_once_a_new_kind_again_and_its_end_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    backoff = Backoff(logging.getLogger("test"), "reading")
    for error in (OSError("a"), OSError("b"), TimeoutError("c"), TimeoutError("d")):
        backoff.failed(error)
    backoff.succeeded()
    backoff.succeeded()
    assert [record.message for record in caplog.records] == [
        "reading failed and will be tried again: OSError: a",
        "reading failed and will be tried again: TimeoutError: c",
        "reading works again after 4 failures",
    ]
