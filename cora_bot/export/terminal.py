"""What is shown on a terminal. A bundle or a record may claim texts with control characters, which terminals obey."""

from __future__ import annotations

from collections.abc import Sequence


def printable(line: str) -> str:
    """``line`` with a replacement character for each letter that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in line)


def table(rows: Sequence[Sequence[str]], *, left: int) -> str:
    """``rows`` in columns; the first ``left`` columns begin, the others end, at the same place."""
    shown = [[printable(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*shown, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in shown
    ]
    return "\n".join(line.rstrip() for line in lines)
