"""What can happen to a conversation. A closed union; nothing here knows Telegram."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique

from cora_bot.base.values import Value


@unique
class Verb(StrEnum):
    """What a button does. The value is what travels in the button's data: short, stable, never a word of content."""

    CHOOSE = "c"  # node, choice: select one, range
    TOGGLE = "t"  # node, choice: select many
    DONE = "d"  # node: select many finished, note read, acknowledged
    SKIP = "s"  # node
    KEEP = "K"  # node: an answered question is left as it is
    BACK = "b"
    FULL_TEXT = "f"  # the long text behind a question
    RESUME = "r"  # away from menu, help, full text: what was open is shown again
    LANGUAGE = "l"  # shows the list
    SET_LANGUAGE = "L"  # choice: index into the study's languages
    OPEN = "o"
    LATER = "e"
    NOT_NOW = "n"
    MENU = "m"
    PAUSE = "p"  # shows the lengths
    SET_PAUSE = "P"  # choice: weeks
    UNPAUSE = "u"
    STOP = "x"  # asks what is to go besides the messages
    CHOOSE_STOP = "i"  # choice: index into withdrawing.CHOICES; says what follows from it
    CONFIRM_STOP = "X"  # choice: as above
    FINISH = "I"  # what was asked for is done at once; choice 1 confirms
    PRIVACY = "v"
    MY_DATA = "D"
    CONSENTS = "j"  # what was agreed to, purpose by purpose
    CONSENT = "J"  # node: asks for one purpose anew
    SET_CONSENT = "z"  # node: the purpose; choice: index into its question's options
    RENEW_ASK = "V"  # shows the new text of the consent
    NEW_TEXT = "F"  # its long text
    RENEW = "W"  # choice: index into the options of whether to take part
    HELP = "h"
    LEAVE = "q"  # stop answering this one
    CONFIRM_LEAVE = "Q"
    AGAIN = "R"  # answers a form again while its window is open
    SEEN = "k"  # a receipt or notice has been read: empty it
    RETURN_DATE = "w"  # change or confirm the day of return
    PICTURE = "g"  # choice: a picture of the knock
    WRONG_PERSON = "y"
    OPENING = "O"  # shows the ways in which messages may open
    SET_OPENING = "Z"  # choice: index into conversation.OPENINGS
    SET_PICTURE = "G"  # choice: the picture that opens from now on
    HIDE = "H"  # clears what can be cleared, at once
    PASS_ON = "a"  # noqa: S105 - what was written goes to the team
    DISCARD = "A"  # it does not
    PAGE = "C"  # node, choice: a page of a long list
    UNDO = "B"  # node: what was ranked last is free again
    DAY = "M"  # node, choice: the day of a moment by its number (date.toordinal), 0: another one
    PART = "N"  # node, choice: a part of the day
    HOUR = "S"  # node, choice: 0 to 23
    TIME = "T"  # node, choice: minutes since midnight
    INSTANCES = "Y"  # node: all instances of a repeat
    INSTANCE = "0"  # node, choice: one of them, by its place from 1; 0: none
    INTO = "E"  # node, choice: an instance is answered anew
    TAKE_AWAY = "U"  # node, choice: an instance is taken away
    OWN_COPY = "4"  # says what a copy of one's own is; choice 1 makes its key
    TAKE = "3"  # choice: the number of an alert; of somebody of the team, not of a conversation
    REACHED = "9"  # choice: index into pinging.ANSWERS
    WHOLE = "2"  # node: away from what was sought, the whole list again
    VISIT = "7"  # node: what of a meeting (visits.acts.Act), choice: as said there


class CommandName(StrEnum):
    """The commands; every one is a button too."""

    MENU = "menu"
    LANGUAGE = "language"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    PRIVACY = "privacy"
    MY_DATA = "mydata"
    HELP = "help"
    HIDE = "hide"


class Press(Value):
    """A button. ``card`` is the generation of the card it sits on; ``node`` and ``choice`` as ``Verb`` says."""

    verb: Verb
    card: int = 0
    node: int = 0
    choice: int = 0


class Pressed(Value):
    """A button was pressed on message ``message``."""

    press: Press
    message: int


class Start(Value):
    """/start, with the token of a link, or empty. ``hint`` is the language the phone reports (may be "")."""

    token: str
    message: int
    hint: str = ""


class Command(Value):
    name: CommandName
    message: int
    hint: str = ""


class Text(Value):
    """Typed text. ``hint`` is the language the phone reports."""

    text: str
    message: int
    hint: str = ""


class Spot(Value):
    """Where somebody said they are, in degrees; ``accuracy`` in metres, 0 where it is not known."""

    latitude: float
    longitude: float
    accuracy: float = 0.0


class SentFile(Value):
    """A file in a message. ``id`` fetches it, ``size`` is in bytes (0: not said).

    ``name`` and ``type`` are what the phone says.
    """

    id: str
    sort: str
    size: int = 0
    name: str = ""
    type: str = ""


class Unusable(Value):
    """A message that is no answer in words: sticker, photo, voice, edit, forwarded, unknown command; ``what`` says it.

    A ``spot`` or ``file`` is taken where the question at hand asks for it, and nowhere else.
    """

    what: str
    message: int
    hint: str = ""
    spot: Spot | None = None
    file: SentFile | None = None


class Blocked(Value):
    """The person blocked the bot (or deleted the account)."""


class Unblocked(Value):
    """The bot may write again."""


class LetterCame(Value):
    """The team has an answer for this person."""

    text: str


class OccurrenceDue(Value):
    """``Conversation.occurrence`` has reached its ``next_at``."""


class VisitDue(Value):
    """``Conversation.visit`` has reached its ``next_at``."""


class TeamAct(StrEnum):
    """What the team does about somebody's meeting."""

    MOVE = "move"  # to another time; whoever had none is booked
    CALL_OFF = "call_off"
    DONE = "done"
    MISSED = "missed"


class VisitArranged(Value):
    """The team did something about ``Conversation.visit``. ``slot``: where to; ``at``: when it would have been."""

    what: TeamAct
    slot: int = 0
    at: datetime | None = None


class ChoreDue(Value):
    """A set chore fell due (see ``turn.Chore``)."""

    kind: str
    card: int


Input = (
    Pressed
    | Start
    | Command
    | Text
    | Unusable
    | Blocked
    | Unblocked
    | LetterCame
    | OccurrenceDue
    | VisitDue
    | VisitArranged
    | ChoreDue
)
