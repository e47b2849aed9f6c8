"""The visit of one person on one trip: where it stands, and what the person is to be told next."""

from __future__ import annotations

from datetime import datetime
from enum import IntFlag, StrEnum
from typing import Final

from cora_bot.base.chance import CODE_LETTERS
from cora_bot.base.clock import to_millis
from cora_bot.base.values import Value
from cora_bot.study.visits.trip import Way


class Standing(StrEnum):
    """Where a visit stands. ``ASKED``: the person wants something only the team can arrange."""

    INVITED = "invited"
    WAITING = "waiting"
    BOOKED = "booked"
    ASKED = "asked"
    DECLINED = "declined"
    MET = "met"
    MISSED = "missed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN: Final = frozenset({Standing.INVITED, Standing.WAITING, Standing.ASKED, Standing.DECLINED, Standing.MISSED})
"""Where a time can still be chosen, as long as one is free."""


class News(StrEnum):
    """What a visit's next unsolicited message is about. The message itself never says it; the card behind Open does."""

    NONE = ""
    OFFER = "offer"
    OFFER_AGAIN = "offer_again"  # the invitation's one reminder
    CLOSING = "closing"  # the deadline: nothing is sent
    WEEK = "week"
    DAY = "day"
    HOURS = "hours"
    AFTER = "after"
    FREED = "freed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Wish(IntFlag):
    """What a person wishes for. The first two choose among slots; all are sealed to the researchers."""

    WOMAN = 1
    MAN = 2
    COMPANY = 4
    NO_STAIRS = 8
    CHILDREN = 16


NO_WISH: Final = Wish(0)
CHOOSING: Final = Wish.WOMAN | Wish.MAN


class Request(StrEnum):
    """What waits for the team."""

    NONE = ""
    CALL = "call"
    HOME = "home"
    NOBODY_THERE = "nobody_there"


class Visit(Value):
    """``slot`` and ``seat`` are held while booked. ``told``: the news the person has not opened yet.

    ``due`` is what ``next_at`` is for. ``sequence`` grows with every change of a booking (calendar files carry it).
    ``put_off``: until when the person put the news off (Later), as long as that is ``next_at``; ``repeats``: how many
    of the ``sent`` messages came for that.
    ``confirmed``: the person has said that time and place still hold. ``word`` is an index into the picture words.
    The fields from ``wishes`` on are sealed in the store.
    """

    id: bytes
    trip: str
    standing: Standing = Standing.INVITED
    slot: int | None = None
    seat: int = 0
    way: Way = Way.IN_PERSON
    deadline: datetime | None = None
    due: News = News.NONE
    next_at: datetime | None = None
    told: News = News.NONE
    sent: int = 0
    opened: bool = False
    moves: int = 0
    misses: int = 0
    sequence: int = 0
    confirmed: bool = False
    late: int = 0  # minutes
    request: Request = Request.NONE
    reason: str = ""
    since: datetime | None = None  # on the waiting list
    wishes: Wish = NO_WISH
    wished: bool = False  # the wishes have been asked for
    language: str = ""
    city: str = ""
    word: int = -1
    called_off: datetime | None = None  # when the meeting would have been that the team had to call off
    put_off: datetime | None = None
    repeats: int = 0

    @property
    def is_asked_for(self) -> bool:
        """Whether the person asked for the message that is due next; any other plan made since takes its place."""
        if self.put_off is None or self.next_at is None:
            return False
        return to_millis(self.put_off) == to_millis(self.next_at)  # the store keeps ``next_at`` in milliseconds

    @property
    def unasked(self) -> int:
        """How many messages about it nobody asked for: what the trip's rule of messages counts."""
        return self.sent - self.repeats

    @property
    def has_booked(self) -> bool:
        """A time was booked at least once: with the first one comes the picture word, and it stays."""
        return self.word >= 0


def number_of(visit_id: bytes) -> str:
    """How a visit is called: ``V-7Q2K``, drawn from its random id. Paper adds two letters (``on_paper.py``)."""
    drawn, number = "", int.from_bytes(visit_id[:8], "big")
    for _ in range(4):
        number, place = divmod(number, len(CODE_LETTERS))
        drawn += CODE_LETTERS[place]
    return f"V-{drawn}"


def disposition(visit: Visit) -> str:
    """The outcome of a visit in one word, for ledger and exports."""
    match visit.standing:
        case Standing.MET | Standing.MISSED | Standing.WAITING | Standing.ASKED:
            return visit.standing.value
        case Standing.DECLINED | Standing.CANCELLED:
            return "refused"  # not this time; or no messages, or no visits, any more
        case Standing.BOOKED:
            return "moved" if visit.moves else "booked"
        case Standing.INVITED | Standing.EXPIRED if visit.misses:
            return "missed"  # the time that was offered anew was not taken
        case Standing.INVITED | Standing.EXPIRED if visit.called_off:
            return "cancelled"  # by the team; likewise
        case Standing.EXPIRED:
            return "no_answer" if visit.opened else "unreachable"
        case Standing.INVITED:
            return "invited"
