"""Every link that stays in the repository leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, anchors_of, links_of, pages


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in links_of(page) if "://" not in link and not leads(page, link)]
    assert broken == []


def leads(page: Path, link: str) -> bool:
    """Whether the file is there, and in it the heading, that ``link`` names."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors_of(target))


def test_a_broken_link_is_seen() -> None:
    readme = ROOT / "README.md"
    assert leads(readme, "docs/README.md#documentation")
    assert not leads(readme, "docs/nothing.md")
    assert not leads(readme, "docs/README.md#nothing")
