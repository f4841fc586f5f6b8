"""The shell examples of the docs, run word for word against a running platform."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.docs.pages import ROOT, blocks_of

pytestmark = pytest.mark.servers

SHOWN = "API=http://127.0.0.1:8000\n"
TELLING = """\
set -euo pipefail
curl() { command curl -w '%{stderr}%{http_code} %header{idempotency-replayed}\\n' "$@"; }
"""
"""A curl that also tells, on standard error, each status and whether it was a replay."""


@dataclass(frozen=True)
class Ran:
    """What the examples of a page wrote, and how each of their requests was answered."""

    output: str
    answers: list[str]


def run(page: str, url: str, folder: Path) -> Ran:
    """Run every shell block of ``page`` that calls the API, with only the address replaced."""
    calling = [
        block.text for block in blocks_of(ROOT / page) if re.search(r"\$AT\b|API", block.text)
    ]
    script = "".join(calling)
    assert script.count(SHOWN) == 1
    done = subprocess.run(
        ["/bin/bash", "-c", TELLING + script.replace(SHOWN, f"API={url}\n")],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Ran(done.stdout, [line.strip() for line in done.stderr.splitlines()])


def test_the_readme_books_once_and_refuses_the_second_guest(demo: str, tmp_path: Path) -> None:
    ran = run("README.md", demo, tmp_path)
    assert ran.answers[-3:] == ["201", "201 true", "409"]
    first, again, other = ran.output.splitlines()
    assert first == again
    assert json.loads(first)["status"] == "held"
    assert json.loads(other)["code"] == "nights_taken"


@pytest.mark.parametrize(
    "page", ["docs/reference/http.md", "docs/how-to/audit.md", "docs/how-to/webhooks.md"]
)
def test_each_request_is_answered_as_the_page_says(page: str, demo: str, tmp_path: Path) -> None:
    said: list[str] = [
        status
        for block in blocks_of(ROOT / page)
        for status in re.findall(r"  # (\d{3})$", block.text, re.MULTILINE)
    ]
    assert said
    ran = run(page, demo, tmp_path)
    assert [answer.partition(" ")[0] for answer in ran.answers] == said


def test_a_problem_looks_as_the_reference_shows_it(http: httpx.Client) -> None:
    page = blocks_of(ROOT / "docs" / "reference" / "http.md")
    [shown] = [json.loads(block.text) for block in page if block.language == "json"]
    told = http.get("/v1/listings?limit=1000").json()
    # The title is the status's name, which newer Pythons take from a newer RFC.
    assert {**told, "title": shown["title"]} == shown
