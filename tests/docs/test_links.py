"""DO-01 every page, heading and picture that a page points to exists."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links, name

PICTURES = (".png", ".jpg", ".svg")
TARGETS = [(page, target) for page in PAGES for target in links(page)]


@pytest.mark.parametrize(("page", "target"), TARGETS, ids=name)
def test_link_leads_somewhere(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    found = (page.parent / path).resolve() if path else page
    if found.suffix in PICTURES and not found.exists() and not os.environ.get("CORA_CI"):
        pytest.skip(f"{name(found)} has not been drawn yet")
    assert found.is_relative_to(ROOT), f"{target} leaves the repository"
    assert found.exists()
    if anchor:
        assert anchor in anchors(found)


def test_readme_leads_to_every_page() -> None:
    reachable, waiting = {ROOT / "README.md"}, [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        for target in links(page):
            found = (page.parent / target.partition("#")[0]).resolve()
            if found.suffix == ".md" and found not in reachable and found.is_file():
                reachable.add(found)
                waiting.append(found)
    pages = {*PAGES, ROOT / "docs" / "commands.md"}
    assert sorted(name(page) for page in pages - reachable) == []
