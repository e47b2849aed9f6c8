"""Answers inside repeats: their refs carry the numbers of instances (``/data/child[2]/age``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cora_bot.forms.model import Column, bare_ref

_NUMBER = re.compile(r"\[(\d+)\]")


def instance(ref: str) -> str:
    """``2``, inside a repeat in a repeat ``1.3``, outside of repeats nothing."""
    return ".".join(_NUMBER.findall(ref))


def by_column(refs: Iterable[str]) -> dict[str, list[str]]:
    """The refs inside repeats by the ref of their column, in the order of their instances."""
    found: dict[str, list[str]] = {}
    for ref in set(refs):
        if "[" in ref:
            found.setdefault(bare_ref(ref), []).append(ref)
    return {bare: sorted(several, key=_numbers) for bare, several in found.items()}


def of(column: Column, known: Mapping[str, list[str]]) -> list[str]:
    """Every place where the column was asked; its own ref where it is in no repeat, or in one without instances."""
    return known.get(column.ref) or [column.ref]


def _numbers(ref: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(ref)]
