"""Where the time of an answer goes, as a picture: ``python -m tests.bench.flame typed docs/pictures/flame.svg``.

The whole bot runs against the loopback API and looks at its own stack a few hundred times a second of computing. Our
functions stand each for themselves, a library's calls as one; a bar is as wide as its part of the time.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import FrameType

from tests.bench.pair import PORT, People, run

ROOT = Path(__file__).parents[2]
CHATS, ANSWERS = 200, 20
EVERY = 0.002  # seconds of computing
WRITTEN_EVERY = 1.0
WIDTH, ROW, NARROWEST = 1200, 17, 2.0
COLOURS = {
    "bot": "#f4a582", "usecases": "#fddbc7", "dialogue": "#92c5de", "forms": "#d1e5f0", "store": "#b8e186",
    "vault": "#e6f5d0", "base": "#f7f7f7",
}  # fmt: skip
OTHERS = "#dddddd"
Stack = tuple[tuple[str, str], ...]


# ---- looking ---------------------------------------------------------------------------------------------------------


def look(into: Path) -> None:
    """From now on this process counts its own stacks, and writes them down every second."""
    counts: Counter[Stack] = Counter()

    def seen(_signal: int, frame: FrameType | None) -> None:
        counts[_stack(frame)] += 1

    def write() -> None:
        lines = [f"{count}\t{';'.join(f'{part}:{name}' for part, name in stack)}" for stack, count in counts.items()]
        new = into.with_suffix(".new")
        new.write_text("\n".join(lines), encoding="utf-8")
        new.replace(into)
        again = threading.Timer(WRITTEN_EVERY, write)
        again.daemon = True
        again.start()

    signal.signal(signal.SIGPROF, seen)
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    write()


def _stack(frame: FrameType | None) -> Stack:
    found: list[tuple[str, str]] = []
    while frame is not None:
        found.append(_place(frame))
        frame = frame.f_back
    ours = [each for each in reversed(found) if each[0] != "-"]
    return tuple(each for at, each in enumerate(ours) if at == 0 or each != ours[at - 1])


def _place(frame: FrameType) -> tuple[str, str]:
    """The part of the house and the function; of a library its name alone."""
    path = Path(frame.f_code.co_filename)
    if "site-packages" in path.parts:
        return "library", path.parts[path.parts.index("site-packages") + 1].removesuffix(".py")
    if not path.is_relative_to(ROOT):
        return ("library", "asyncio, waiting for the next") if path.name == "selectors.py" else ("-", "")
    parts = path.relative_to(ROOT).parts
    if parts[0] == "tests":
        return "-", ""
    part = parts[1] if parts[0] == "cora_bot" else "bot"
    return part, f"{path.stem}.{frame.f_code.co_qualname.replace('.<locals>', '')}"


# ---- drawing ---------------------------------------------------------------------------------------------------------


@dataclass
class _Bar:
    count: int = 0
    below: dict[tuple[str, str], _Bar] = field(default_factory=dict)


def drawn(lines: Sequence[str]) -> str:
    """The picture, as SVG."""
    top = _Bar()
    for line in lines:
        count, _, stack = line.partition("\t")
        bar = top
        bar.count += int(count)
        for each in filter(None, stack.split(";")):
            part, _, name = each.partition(":")
            bar = bar.below.setdefault((part, name), _Bar())
            bar.count += int(count)
    scale = WIDTH / top.count
    boxes = list(_boxes(top, 0.0, 0, scale))
    deepest = max(depth for depth, _ in boxes) + 1
    body = "\n".join(box for _, box in boxes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {deepest * ROW}" '
        f'font-family="sans-serif" font-size="11">\n{body}\n</svg>\n'
    )


def _boxes(bar: _Bar, x: float, depth: int, scale: float) -> Iterator[tuple[int, str]]:
    for (part, name), each in sorted(bar.below.items()):
        width = each.count * scale
        if width >= NARROWEST:
            yield depth, _box(part, name, x, width, depth=depth, percent=100 * width / WIDTH)
            yield from _boxes(each, x, depth + 1, scale)
        x += width


def _box(part: str, name: str, x: float, width: float, *, depth: int, percent: float) -> str:
    room = int(width / 6)
    shown = name if len(name) <= room else name[: max(0, room - 1)] + "…" if room > 3 else ""
    y = depth * ROW
    return (
        f"<g><title>{escape(f'{name} ({part}), {percent:.1f} %')}</title>"
        f'<rect x="{x:.1f}" y="{y}" width="{width - 0.5:.1f}" height="{ROW - 1}" fill="{COLOURS.get(part, OTHERS)}"/>'
        f'<text x="{x + 3:.1f}" y="{y + 12}">{escape(shown)}</text></g>'
    )


def main(kind: str, picture: Path) -> None:
    stacks = picture.with_suffix(".stacks")
    try:
        run(People(CHATS, ANSWERS, kind), ("ours", PORT, str(CHATS), kind, "--stacks", str(stacks)))
        picture.write_text(drawn(stacks.read_text(encoding="utf-8").splitlines()), encoding="utf-8")
    finally:
        stacks.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
