"""The text of key files and public files: ``# name: value`` lines, then one line with the key itself.

That is also what the age tool reads as an identity file (``-i``) or a recipients file (``-R``): it skips the lines
with ``#``. Reading is strict: one title, each name once, exactly one key line.
"""

from __future__ import annotations

from collections.abc import Mapping

from cora_bot.base.errors import CoraError


def write(title: str, values: Mapping[str, str], key: str) -> str:
    lines = [f"# {title}", *(f"# {name}: {value}" for name, value in values.items() if value), key]
    return "".join(f"{line}\n" for line in lines)


def read(text: str, title: str, *, what: str) -> tuple[dict[str, str], str]:
    """The values and the key line. Raises ``CoraError`` naming ``what``; never repeats a line."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0] != f"# {title}":
        raise CoraError(f"{what} does not begin with “# {title}”", "Was another file meant? Is it newer?")
    values: dict[str, str] = {}
    keys: list[str] = []
    for line in filter(None, map(str.strip, lines[1:])):
        if not line.startswith("#"):
            keys.append(line)
            continue
        name, colon, value = line.removeprefix("#").partition(":")
        if not colon:
            continue  # a remark
        if name.strip() in values:
            raise CoraError(f"{what} says “{name.strip()}” twice")
        values[name.strip()] = value.strip()
    if len(keys) != 1:
        raise CoraError(f"{what} must hold exactly one key, and holds {len(keys)}")
    return values, keys[0]
