"""How people are: when they look at the phone, what they do with a message, when they are gone. A table of values.

Rules: the order is that in which people are given habits, the most telling first, so that a few people show most of
it. Days are counted from enrolment; hours are those of the person's own day.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Joining(StrEnum):
    JOINS = "joins"
    REFUSES = "refuses"
    DECLINES = "declines"  # presses No, thank you instead of answering no
    WALKS_AWAY = "walks_away"  # takes the code and is gone in the middle


class Act(StrEnum):
    """Something a person does of their own accord."""

    PAUSE = "pause"
    STOP = "stop"
    COME_BACK = "come_back"
    BLOCK = "block"
    UNBLOCK = "unblock"
    OFFLINE = "offline"
    ONLINE = "online"
    TALK = "talk"
    STICKER = "sticker"
    LANGUAGE = "language"
    TRAVEL_DAY = "travel_day"
    MENU = "menu"


@dataclass(frozen=True, slots=True)
class Habit:
    """``first`` and ``later`` are what happens to the first message of an occasion and to those after it:
    ``o`` opened, ``-`` ignored, ``l`` Later, ``n`` Not now. Shares are per hundred sittings.
    """

    name: str
    describes: str
    joining: Joining = Joining.JOINS
    returning: str = "done"  # done | planned
    check: str = "yes"  # yes | other_day | not_going
    first: str = "o"
    later: str = "o"
    delay: tuple[int, int] = (0, 3)  # hours between the message and the look at the phone
    awake: tuple[int, int] = (7, 22)
    answers_at_most: int = 1000  # sittings; then never again
    breaks_off: int = 0
    comes_back: bool = True
    leaves: int = 0
    goes_back: int = 0
    nonsense: int = 0
    switches: int = 0
    skips: int = 50
    acts: tuple[tuple[int, Act], ...] = ()

    @property
    def takes_what_comes(self) -> bool:
        """Opens every message, and always has a network to get it by when it is sent."""
        return self.first == self.later == "o" and Act.OFFLINE not in [act for _, act in self.acts]


HABITS: Final = (
    Habit("prompt", "answers soon after the first message"),
    Habit("interrupted", "breaks off in the middle and goes on the next day", breaks_off=100),
    Habit("moved", "planned to travel, and the day moves", returning="planned", check="other_day"),
    Habit("blocker", "blocks the bot for three weeks", acts=((20, Act.BLOCK), (41, Act.UNBLOCK))),
    Habit("doubter", "goes back, changes answers, writes nonsense", goes_back=100, nonsense=60),
    Habit("refuser", "answers no when asked to take part", joining=Joining.REFUSES),
    Habit("planned", "planned to travel, and does", returning="planned"),
    Habit("postponer", "presses Later, then Not now, then answers", first="l", later="no", delay=(0, 5)),
    Habit("night_owl", "looks at the phone at night", delay=(6, 14), awake=(22, 3)),
    Habit("second_message", "does nothing before the reminder", first="-", later="o"),
    Habit("switcher", "changes the language in the middle", switches=60),
    Habit("pauser", "takes a break of two weeks, twice", acts=((12, Act.PAUSE), (70, Act.PAUSE))),
    Habit("stopper", "wants no more messages after two months", acts=((61, Act.STOP),)),
    Habit("not_going", "planned to travel, and does not", returning="planned", check="not_going"),
    Habit("offline", "has no network for days", acts=tuple((day + shift, act) for day in (13, 44, 75, 106, 137, 168)
          for shift, act in ((0, Act.OFFLINE), (4, Act.ONLINE)))),
    Habit("fading", "answers twice, then never again", answers_at_most=2, delay=(1, 30)),
    Habit("returner", "stops, and comes back a month later", acts=((40, Act.STOP), (72, Act.COME_BACK))),
    Habit("leaver", "presses Stop answering now and then", leaves=60),
    Habit("walks_away", "is gone in the middle of the consent form", joining=Joining.WALKS_AWAY, comes_back=False),
    Habit("decliner", "presses No, thank you", joining=Joining.DECLINES),
    Habit("talker", "writes when nothing is asked, sends stickers", skips=0,
          acts=((3, Act.TALK), (9, Act.STICKER), (35, Act.TALK), (66, Act.MENU), (90, Act.TALK))),
    Habit("lost_phone", "blocks the bot and never comes back", acts=((50, Act.BLOCK),)),
    Habit("uncertain", "changes the day of travel from the menu", returning="planned", acts=((2, Act.TRAVEL_DAY),)),
    Habit("silent", "never opens anything", first="-", later="-"),
    Habit("dropper", "breaks off and does not come back", breaks_off=50, comes_back=False, delay=(2, 20)),
    Habit("slow", "answers days later", delay=(20, 130)),
)  # fmt: skip
"""Each person's is drawn by their number: the first person is the first of these, and so on, again from the top."""
