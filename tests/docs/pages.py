"""The pages people read, their links and their code blocks. The generated page of commands has a test of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
GENERATED = DOCS / "commands.md"
PAGES = tuple(
    sorted(
        [
            *(path for path in DOCS.glob("*.md") if path != GENERATED),
            *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "cora_bot/vault/FORMAT.md")),
        ]
    )
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4}(.+)$", re.MULTILINE)
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name(value: object) -> str:
    """A path as people write it, for the names of tests."""
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else str(value)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of ``language``."""
    found = [Block(*match) for match in FENCE.findall(text_of(page))]
    return [block.text for block in found if block.language == language]


def typed_lines(page: Path) -> list[str]:
    """The lines of indented blocks, where pages show what is typed at a terminal."""
    return [line.strip() for line in INDENTED.findall(FENCE.sub("", text_of(page)))]


def inline_code(page: Path) -> list[str]:
    return [" ".join(found.split()) for found in INLINE.findall(FENCE.sub("", text_of(page)))]


def links(page: Path) -> list[str]:
    """Targets of links and pictures that are not on the web."""
    without_code = INLINE.sub("", FENCE.sub("", text_of(page)))
    return [target for target in LINK.findall(without_code) if "://" not in target]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(text_of(page))
    }


def table_rows(page: Path) -> list[tuple[str, ...]]:
    """The cells of every table's row, rules left out."""
    lines = [line for line in FENCE.sub("", text_of(page)).splitlines() if line.startswith("|")]
    rows = [tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines]
    return [row for row in rows if not set("".join(row)) <= {"-", ":", " "}]
