"""A progress bar on stderr that learns its length from the first report; without a terminal, just its label."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Gives the callback ``show(done, all)`` that long work reports to."""
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:
        shown = 0

        def show(done: int, of: int) -> None:
            nonlocal shown
            bar.length = of
            # Drawing each of 100,000 steps would cost more than the work itself.
            if done == of or done - shown >= max(1, of // 200):
                bar.update(done - shown)
                shown = done

        yield show
