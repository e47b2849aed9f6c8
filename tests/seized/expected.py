"""What threats.md says each of them gets, as a table: the measure of what is found.

``NO``: must not be found. ``YES``: is there, and is found by a search that works. ``MAY``: passes through, and may
still be there; nothing is promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.support import planted
from tests.support.secrets import Secret


class Expect(StrEnum):
    NO = "no"
    YES = "yes"
    MAY = "may"


NO, YES, MAY = Expect.NO, Expect.YES, Expect.MAY

MOMENTS = {
    "middle": "in the middle of a form, the bot running since before people enrolled",
    "restarted": "the same people, the bot started again",
    "later": "a year later, the bot started again",
}
WAYS = ("disk", "disk and key", "memory")


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of thing, the planted ones of it, and what is expected at each moment, in the order of ``WAYS``."""

    what: str
    secrets: tuple[str, ...]
    middle: tuple[Expect, Expect, Expect]
    restarted: tuple[Expect, Expect, Expect]
    later: tuple[Expect, Expect, Expect]


def rows(secrets: Sequence[Secret]) -> tuple[Row, ...]:
    """``secrets``: all that were planted, with the codes that were drawn meanwhile."""
    cases = tuple(one.name for one in secrets if one.name.startswith("case code"))
    codes = tuple(one.name for one in secrets if one.name.startswith("enrolment code"))
    outside = _names(planted.IDLE_TEXT, planted.CAPTION, planted.STRANGER_TEXT, planted.EDITED)
    finished = _names(planted.ARABIC_NICKNAME, planted.ARABIC_STORY, planted.ARABIC_MORE)
    nothing, passing = (NO, NO, NO), (NO, NO, MAY)
    locked, apart = (NO, YES, MAY), (NO, NO, YES)
    return (
        Row("answers of a finished form", finished, passing, nothing, nothing),
        Row("free text of an open form, its card waiting at first", _names(planted.STORY), locked, nothing, nothing),
        Row("other answers of an open form", _names(planted.NICKNAME, planted.AMOUNT), locked, locked, nothing),
        Row("chat addresses", _names(planted.LATIN, planted.ARABIC, planted.IDLE), locked, locked, nothing),
        Row("case codes", cases, locked, locked, nothing),
        Row("invitation codes", codes, passing, nothing, nothing),
        Row("a message that could not be handled", _names(planted.PARKED_TEXT), locked, locked, nothing),
        Row("messages outside a form", outside, passing, nothing, nothing),
        Row("names at Telegram", _names(planted.FIRST_NAME, planted.USER_NAME), passing, nothing, nothing),
        Row("the bot's token (its file lies apart)", _names(planted.BOT_TOKEN), apart, apart, apart),
        Row("the server's working key", ("working key",), apart, apart, apart),
    )


def _names(*secrets: Secret) -> tuple[str, ...]:
    return tuple(secret.name for secret in secrets)


def fits(expected: Expect, wanted: Sequence[str], found: set[str]) -> bool:
    """``YES`` wants each of them; ``NO`` none."""
    seen = found & set(wanted)
    return expected is MAY or (seen == set(wanted) if expected is YES else not seen)
