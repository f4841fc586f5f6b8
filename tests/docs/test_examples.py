"""Code and commands in the docs are right: they compile, they run, their options exist."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from sojourn.cli import app
from sojourn.replay.projection import load_projection
from tests.docs.pages import ROOT, Block, blocks, blocks_of, pages
from tests.projections.stories import a_season

HELP = {"--help", "-h"}
ANY_SOJOURN = re.compile(r"^(?:\.venv/bin/)?sojourn\s+(.+)$")


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_compiles(block: Block) -> None:
    compile(block.text, str(block), "exec")


def projections() -> list[Block]:
    defines = re.compile("^def project|^class Projection", re.MULTILINE)
    return [block for block in blocks("python") if defines.search(block.text)]


@pytest.mark.parametrize("block", projections(), ids=str)
def test_a_projection_makes_rows_of_a_small_history(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(block.text, encoding="utf-8")
    projection = load_projection(file)
    rows = [row for event in a_season().events for row in projection.apply(event)]
    assert [*rows, *projection.rows()] != []


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@dataclass(frozen=True)
class Line:
    """What stands behind `sojourn`; ``whole`` when it is to be run and not only named."""

    page: Path
    arguments: str
    whole: bool

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.arguments}"


def command_lines() -> Iterator[Line]:
    for page in pages():
        text = page.read_text(encoding="utf-8")
        shown = [block.text for block in blocks_of(page) if block.language == "sh"]
        shown += re.findall(r"^    (.+)$", text, re.MULTILINE)
        for part in re.split(r"\n|\||&&|;", "\n".join(shown).replace("\\\n", " ")):
            if found := ANY_SOJOURN.match(part.strip()):
                yield Line(page, found[1], whole=True)
        for inline in re.findall(r"`([^`\n]+)`", text):
            if found := ANY_SOJOURN.match(inline):
                yield Line(page, found[1], whole=False)


@pytest.mark.parametrize("line", sorted(set(command_lines()), key=str), ids=str)
def test_a_command_line_parses(line: Line) -> None:
    command: Any = get_command(app)
    words = shlex.split(line.arguments, comments=True)
    while words and hasattr(command, "commands") and words[0] not in HELP:
        name = words.pop(0)
        assert name in command.commands, f"there is no command {name!r}"
        command = command.commands[name]
    if line.whole:
        command.make_context("sojourn", words)
        return
    known = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    assert {word for word in words if word.startswith("-")} <= known | HELP


def test_the_command_lines_are_found() -> None:
    found = {line.arguments for line in command_lines()}
    assert {"verify", "audit query", "audit query --type booking.confirmed.v1 --limit 10"} <= found
