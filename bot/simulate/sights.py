"""What a person saw and did, in order: for the page that shows it. Only what the phone showed is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.pilot.person import Bubble, Person


class Sort(StrEnum):
    """What a line of the page is."""

    RINGS = "rings"  # a notification, as a lock screen shows it
    SAYS = "says"  # a card, new or changed
    PRESSES = "presses"
    WRITES = "writes"
    DOES = "does"  # blocks, switches the network off, looks and puts the phone away
    GOES = "goes"  # messages that are not there any more


@dataclass(frozen=True, slots=True)
class Sight:
    """One line. ``again``: the message had been there and shows something else now."""

    at: datetime
    sort: Sort
    text: str
    buttons: tuple[tuple[str, ...], ...] = ()
    language: str = ""
    again: bool = False


@dataclass(slots=True)
class Sights:
    """Everything one person saw. ``look`` after each thing that may have changed the phone."""

    person: Person
    lines: list[Sight] = field(default_factory=list)
    _shown: dict[int, Bubble] = field(default_factory=dict)
    _revision: int = -1
    _rung: int = 0

    def did(self, at: datetime, sort: Sort, text: str, *, language: str = "") -> None:
        self.lines.append(Sight(at, sort, text, language=language))

    def look(self, at: datetime, language: str) -> int:
        """Writes down what is different; how many unasked messages rang since the last look."""
        if self.person.bell.revision == self._revision:
            return 0
        self._revision = self.person.bell.revision
        rang = [one for one in self.person.notifications[self._rung :] if not one.silent]
        self._rung = len(self.person.notifications)
        for one in rang:
            self.lines.append(Sight(at, Sort.RINGS, one.text, language=language))
        now = {bubble.message_id: bubble for bubble in self.person.screen}
        gone = self._shown.keys() - now.keys()
        if gone:
            mine = sum(self._shown[one].mine for one in gone)
            self.lines.append(Sight(at, Sort.GOES, f"{mine}/{len(gone) - mine}"))
        for number, bubble in now.items():
            before = self._shown.get(number)
            if not bubble.mine and (before is None or (before.text, before.buttons) != (bubble.text, bubble.buttons)):
                rows = tuple(tuple(button.text for button in row) for row in bubble.buttons)
                self.lines.append(Sight(at, Sort.SAYS, bubble.text, rows, language, again=before is not None))
        self._shown = now
        return len(rang)
