"""What the reference says of events and of problems is what the code does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from api.conventions.invalid_input import CODES
from api.conventions.refused import STATUSES
from domain.refusals import Refusal
from sojourn import public_catalogue
from sojourn.event_catalogue import COMMAND, PLACE, page
from tests.docs.pages import ROOT

# Every refusal is a subclass of which Python knows.
import_module("api.commands_app")

HTTP = ROOT / "docs" / "reference" / "http.md"
_ROW = re.compile(r"^\| `(\w+)` \| (\d{3}) \| (.+) \|$", re.MULTILINE)


def test_the_catalogue_of_events_is_the_code_s() -> None:
    written = (ROOT / PLACE).read_text(encoding="utf-8")
    assert written == page(), f"the facts have changed: run `{COMMAND}`"


def test_the_catalogue_of_what_outsiders_are_told_is_the_code_s() -> None:
    written = (ROOT / public_catalogue.PLACE).read_text(encoding="utf-8")
    told = f"the names have changed: run `{public_catalogue.COMMAND}`"
    assert written == public_catalogue.page(), told


def test_the_table_has_every_refusal_of_the_domain() -> None:
    due = {
        refusal.code: f"| `{refusal.code}` | {STATUSES.get(refusal.code, 422)} | {_says(refusal)} |"
        for refusal in _refusals()
    }
    written = {row[1]: row[0] for row in _ROW.finditer(HTTP.read_text(encoding="utf-8"))}
    missing = [row for code, row in due.items() if written.get(code) != row]
    assert missing == [], "put these rows into the table of docs/reference/http.md"


def test_the_table_has_every_problem_of_the_api() -> None:
    written = {row[1]: int(row[2]) for row in _ROW.finditer(HTTP.read_text(encoding="utf-8"))}
    raised = {code: status for path in _sources() for code, status in _raised_in(path)}
    missing = {code: status for code, status in raised.items() if written.get(code) != status}
    assert missing == {}, "put these codes into the table of docs/reference/http.md"


def test_the_table_has_nothing_that_is_never_told() -> None:
    told = {refusal.code for refusal in _refusals()}
    for path in _sources():
        told |= {text for text in _texts_in(path) if text.isidentifier()}
    written = {row[1] for row in _ROW.finditer(HTTP.read_text(encoding="utf-8"))}
    assert written - told == set()


def test_the_codes_of_fields_are_told() -> None:
    text = HTTP.read_text(encoding="utf-8")
    assert {code for code in CODES.values() if f"`{code}`" not in text} == set()


def _refusals() -> list[type[Refusal]]:
    """Every refusal, those of packages that nobody has imported yet included."""
    for path in (ROOT / "domain").glob("*/refusals.py"):
        import_module(f"domain.{path.parent.name}.refusals")
    return Refusal.__subclasses__()


def _says(refusal: type[Refusal]) -> str:
    assert refusal.__doc__, refusal
    return refusal.__doc__.partition("\n\n")[0]


def _sources() -> list[Path]:
    return sorted((ROOT / "api").rglob("*.py"))


def _raised_in(path: Path) -> Iterator[tuple[str, int]]:
    """The codes, with their statuses, of the problems that ``path`` makes in so many words."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named: dict[str, Any] = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("Problem"), args=[ast.Constant(int(status)), code, *_]):
                pass
            case ast.Call(func=ast.Name("bad_header"), args=[_, code, *_]):
                status = 400
            case _:
                continue
        match named.get(code.id) if isinstance(code, ast.Name) else code:
            case ast.Constant(str(text)):
                yield text, status
            case _:
                pass


def _texts_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
