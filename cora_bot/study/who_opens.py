"""Who can open, changed in study.toml's own text: every other byte, comments too, stays as its author wrote it.

The text is edited with a small scanner and then read again: if anything but what was meant has another meaning, or the
place cannot be found, nothing is changed and a person has to do it. Names of people are never written.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SIGNERS: Final = "signers"
SHARES: Final = "shares"
_HEADER: Final = re.compile(r"(?m)^[ \t]*\[")
_ARRAY: Final = re.compile(r"(?m)^[ \t]*recipients[ \t]*=[ \t]*\[")
_TOKEN: Final = re.compile(r'"(?:[^"\\\r\n]|\\.)*"|\'[^\'\r\n]*\'|#[^\r\n]*|[\[\],]|\s+')


class NotEditableError(ValueError):
    """The text is written in a way this cannot change safely."""


@dataclass(frozen=True, slots=True)
class Opener:
    """One who can open: the recipient, its fingerprint, the verify key (text), and ``2 of 3`` where it is in shares."""

    recipient: str
    fingerprint: str
    verify_key: str = ""
    shares: str = ""


@dataclass(frozen=True, slots=True)
class _Element:
    """A recipient in the array: where it begins and ends, and where the comma after it ends (or it itself)."""

    value: str
    start: int
    end: int
    after: int


@dataclass(frozen=True, slots=True)
class _Array:
    opening: int  # behind the bracket
    closing: int  # before the bracket
    elements: tuple[_Element, ...]


def with_opener(text: str, opener: Opener) -> str:
    """``text`` with this person named; whoever was named already gets the newer facts. Raises ``NotEditableError``."""
    before = _read(text)
    if opener.recipient not in before["recipients"]:
        text = _appended(text, opener)
    for table, value in ((SIGNERS, opener.verify_key), (SHARES, opener.shares)):
        if value and before.get(table, {}).get(opener.fingerprint) != value:
            text = _entered(_struck(text, table, opener.fingerprint), table, opener.fingerprint, value)
    wanted = _meaning(before, opener, named=True)
    return _proven(text, wanted)


def without_opener(text: str, opener: Opener) -> str:
    """``text`` without this person. Raises ``NotEditableError``."""
    before = _read(text)
    text = _removed(text, opener)
    for table in (SIGNERS, SHARES):
        text = _struck(text, table, opener.fingerprint)
    return _proven(text, _meaning(before, opener, named=False))


def _read(text: str) -> dict[str, Any]:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotEditableError(f"this is not TOML: {error}") from None
    if not isinstance(read.get("recipients"), list):
        raise NotEditableError("there is no line recipients = [] before the first table")
    return read


def _meaning(before: Mapping[str, Any], opener: Opener, *, named: bool) -> dict[str, Any]:
    """What the changed text must say."""
    others = [each for each in before["recipients"] if each != opener.recipient]
    known = opener.recipient in before["recipients"]
    wanted = {**before, "recipients": before["recipients"] if named and known else others}
    if named and not known:
        wanted["recipients"] = [*others, opener.recipient]
    for table, value in ((SIGNERS, opener.verify_key), (SHARES, opener.shares)):
        entries = dict(before.get(table, {}))
        if named and value:
            entries[opener.fingerprint] = value
        elif not named:
            entries.pop(opener.fingerprint, None)
        wanted[table] = entries
    return wanted


def _proven(text: str, wanted: Mapping[str, Any]) -> str:
    found = _read(text)
    if {SIGNERS: {}, SHARES: {}, **found} != dict(wanted):
        raise NotEditableError("the file is written in a way this program cannot change safely")
    return text


def _array(text: str) -> _Array:
    table = _HEADER.search(text)
    start = _ARRAY.search(text, 0, table.start() if table else len(text))
    if start is None:
        raise NotEditableError("there is no line recipients = [] before the first table")
    at = start.end()
    found: list[_Element] = []
    while True:
        token = _TOKEN.match(text, at)
        if token is None or token[0] == "[":
            raise NotEditableError("recipients is not a plain list of texts")
        at = token.end()
        if token[0] == "]":
            return _Array(start.end(), token.start(), tuple(found))
        if token[0] == ",":
            if not found:
                raise NotEditableError("recipients is not a plain list of texts")
            last = found[-1]
            found[-1] = _Element(last.value, last.start, last.end, at)
        elif token[0][0] in "\"'":
            found.append(_Element(tomllib.loads(f"x = {token[0]}")["x"], token.start(), at, at))


def _appended(text: str, opener: Opener) -> str:
    """A line of its own below the others, under a comment with the fingerprint."""
    array, line = _array(text), _line_end(text)
    last = array.elements[-1] if array.elements else None
    if last and last.after == last.end:
        text = f"{text[: last.end]},{text[last.end :]}"
        array = _array(text)
    # A comment behind the last element stays with it: what is new goes right before the bracket.
    head = text[: array.closing].rstrip(" \t")
    head += "" if head.endswith("\n") else line
    return f'{head}    # {opener.fingerprint}{line}    "{opener.recipient}",{line}{text[array.closing :]}'


def _removed(text: str, opener: Opener) -> str:
    """The element, its comma, and the line it stood on when nothing else is left there; and the comment we wrote."""
    for element in reversed(_array(text).elements):
        if element.value != opener.recipient:
            continue
        start, end = element.start, element.after
        line_start = text.rfind("\n", 0, start) + 1
        rest = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n)").match(text, end)
        if not text[line_start:start].strip() and rest:
            start, end = line_start, rest.end()
            comment = re.compile(rf"(?m)^[ \t]*# {re.escape(opener.fingerprint)}\r?\n\Z").search(text, 0, start)
            start = comment.start() if comment else start
        text = text[:start] + text[end:]
    return text


def _entered(text: str, table: str, name: str, value: str) -> str:
    """``"name" = "value"`` as the first line of the table, which is made at the end where there is none."""
    line = _line_end(text)
    entry = f'"{name}" = "{value}"{line}'
    header = _table(text, table)
    if header is None:
        gap = "" if text.endswith("\n") or not text else line
        return f"{text}{gap}{line}[{table}]{line}{entry}"
    return text[: header[0]] + entry + text[header[0] :]


def _struck(text: str, table: str, name: str) -> str:
    header = _table(text, table)
    if header is None:
        return text
    line = re.compile(rf'(?m)^[ \t]*"{re.escape(name)}"[ \t]*=[^\r\n]*(?:\r?\n|\Z)').search(text, header[0], header[1])
    return text[: line.start()] + text[line.end() :] if line else text


def _table(text: str, name: str) -> tuple[int, int] | None:
    """Where the lines of a table begin and end."""
    header = re.search(rf"(?m)^[ \t]*\[{name}\][ \t]*(?:#[^\r\n]*)?(?:\r?\n|\Z)", text)
    if header is None:
        return None
    following = _HEADER.search(text, header.end())
    return header.end(), following.start() if following else len(text)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
