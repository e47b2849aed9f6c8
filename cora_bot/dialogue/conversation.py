"""The state of one conversation: what ``advance`` reads and gives back. All values; the store reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from cora_bot.base.values import Value
from cora_bot.study.model import Return, Step
from cora_bot.study.stretch import Outage
from cora_bot.study.visits.trip import Bookable, Trip
from cora_bot.study.visits.visit import Visit


class Status(StrEnum):
    """Where a person stands with the study."""

    ENROLLING = "enrolling"
    ACTIVE = "active"
    STOPPED = "stopped"


class Mode(StrEnum):
    """How a form was filled in: by the person in the chat, or by staff who asked on the phone or face to face."""

    CHAT = "chat"
    PHONE = "phone"
    IN_PERSON = "in_person"


class Withdrawal(StrEnum):
    """What is to go besides the messages, where somebody asked for it."""

    LINK = "link"  # which answers are theirs; the answers stay
    ANSWERS = "answers"  # the answers too


class Showing(StrEnum):
    """What the live card of a chat shows."""

    NOTHING = "nothing"
    LANGUAGES = "languages"
    QUESTION = "question"
    ASIDE = "aside"  # menu, help, privacy, confirmations: a button leads back
    INVITATION = "invitation"
    RECEIPT = "receipt"
    NOTICE = "notice"
    KNOCK = "knock"
    LETTER = "letter"
    VISIT = "visit"


INSIDE = frozenset({Showing.LANGUAGES, Showing.QUESTION, Showing.ASIDE, Showing.RECEIPT, Showing.LETTER, Showing.VISIT})
"""What only its owner should see: behind the knock where there is one."""


class Opening(StrEnum):
    """How a message opens, as the person chose: a neutral line first, at once, or only by the chosen picture."""

    NEUTRAL = "neutral"
    AT_ONCE = "at_once"
    KNOCK = "knock"


OPENINGS = (Opening.AT_ONCE, Opening.NEUTRAL, Opening.KNOCK)
PICTURES = ("☀️", "🌙", "⭐", "🌳", "🌷", "🍎", "🐟", "🐦", "🔑")
"""The pictures of the knock; a choice is an index into them, whatever order they are shown in."""


class Card(Value):
    """The one live card of a chat.

    ``generation`` grows whenever the card shows something else, and buttons carry it; ``revision`` grows when the
    same thing is drawn anew (a tick, an error line). ``message`` is Telegram's id once it is known; ``buried`` says
    that something stands below it; ``shown_at`` is when what it shows was drawn first.
    """

    generation: int = 0
    revision: int = 0
    showing: Showing = Showing.NOTHING
    message: int | None = None
    sent_at: datetime | None = None
    buried: bool = False
    shown_at: datetime | None = None


class Chat(Value):
    """A Telegram chat, without its address. ``misses`` counts wrong codes since ``misses_since``.

    ``blocked``: nothing can be delivered to it, for whoever is reached there.
    """

    id: bytes
    card: Card = Card()
    misses: int = 0
    misses_since: datetime | None = None
    blocked: bool = False
    new: bool = False  # not stored yet


class Participant(Value):
    """A person in the study. ``id``, ``status``, ``language``, ``zone`` are open facts in the store, the rest sealed.

    ``case`` is the random id records carry; ``code`` what researchers call the person.
    """

    id: bytes
    case: bytes
    code: str
    status: Status
    language: str
    zone: str = "UTC"
    hour: int = 10
    enrolled_at: datetime | None = None
    country: str = ""
    return_state: Return | None = None
    return_date: date | None = None
    purposes: frozenset[str] = frozenset()
    paused_until: datetime | None = None
    told_removal: bool = False  # has been told that typed answers are removed from the chat
    opening: Opening = Opening.NEUTRAL
    asked_opening: bool = False
    picture: int = -1  # index into PICTURES
    wrong_person: bool = False  # "not for me" was pressed; nothing is sent until the person opens again
    draft: str = ""  # written while nothing was asked; waits for "pass on" or is forgotten
    letters: tuple[str, ...] = ()  # answers of the team that have not been read yet
    kept: Mapping[str, Mapping[str, str]] = {}  # by form: what its next answering may read
    known: Mapping[str, str] = {}  # property -> value: what any form may read of the person
    consent_hash: str = ""  # the version of the consent form that was agreed to last
    decided: tuple[tuple[str, datetime], ...] = ()  # purposes decided on since enrolment, and when last
    withdrawal: Withdrawal | None = None
    withdraws_at: datetime | None = None  # when it can no longer be undone


class Fragment(Value):
    """An answer that was sealed on arrival: which question, and the id of its record; of a file also its name."""

    ref: str
    record: bytes
    file: str = ""


class View(Value):
    """How far somebody has got within the question ``ref`` (a path with the numbers of instances) without an answer.

    Of a long list ``page`` (from 0) and what is ``sought``; of a time the ``part`` of the day and the ``hour`` chosen
    so far, of a moment the ``day`` (ISO) before; of a repeat the ``place`` of the instance looked at (from 1).
    """

    ref: str = ""
    page: int = 0
    sought: str = ""
    day: str = ""
    part: int = -1
    hour: int = -1
    place: int = 0


class Session(Value):
    """One filling-in of a form. ``walk`` is ``forms.Walk.save()``; ``form_hash`` names the version it began on."""

    id: bytes
    form: str
    form_hash: str
    started_at: datetime
    walk: str
    wave: str = ""
    number: int = 0
    fragments: tuple[Fragment, ...] = ()
    orders: int = 0  # how many records this session has sealed: their order inside the seal
    explained: bool = False
    mode: Mode = Mode.CHAT
    view: View = View()
    alerted: tuple[str, ...] = ()  # answers of which it was said already that somebody must look
    heard: str = ""  # the question whose sounds and pictures stand in the chat
    heard_at: datetime | None = None


class Occurrence(Value):
    """One occurrence of a wave for one person, as planned by the study and lived by the person.

    ``next_at`` is when the due loop looks at it again (opening, reminder, close); None when final.
    ``sent`` counts unsolicited messages sent for it, ``put_away`` how often "not now" was pressed.
    One that is open and has ``finished_at`` was complete before and is being answered again.
    ``reason`` says why it lapsed, expired or was cancelled (``paused``, ``stopped``, ``return_not_confirmed`` …).
    """

    wave: str
    number: int
    local: datetime
    opens: datetime
    closes: datetime
    reminders: tuple[datetime, ...]
    step: Step = Step.PLANNED
    next_at: datetime | None = None
    sent: int = 0
    put_away: int = 0
    reason: str = ""
    opened_at: datetime | None = None
    finished_at: datetime | None = None


class TokenState(Value):
    """What the store knows of a presented token, looked up under lock: ``unknown | valid | used | expired``."""

    state: str
    relink: bytes | None = None  # participant the token belongs to, when it was made for a new phone
    card: int | None = None  # number of the card it was printed on
    staff: str = ""  # who of the team it is for


class Conversation(Value):
    """Everything one input may read.

    ``occurrence`` is the one the input is about (due), or the one the invitation or session belongs to;
    ``token`` is set when the input
    carries one. ``planned`` are this person's occurrences that are not final, ``answered`` those that are complete and
    whose window was still open when the conversation was loaded. ``others`` are further people who share
    the chat; ``others_card`` says that its card is one of theirs now. ``outages`` are all that are known, of other
    places too. ``copies_until`` (set when the input is about a withdrawal) is when the last copy that researchers carry
    is to be deleted; None when none is out. ``records_held`` (set when the input asks for it) counts the sealed records
    of this person. ``visit`` is the person's on the ``trip`` under way, ``bookable`` all slots of that trip that are
    still to come, with what is free of them, the person's own slot among them.
    """

    chat: Chat
    participant: Participant | None = None
    session: Session | None = None
    occurrence: Occurrence | None = None
    token: TokenState | None = None
    planned: tuple[Occurrence, ...] = ()
    answered: tuple[Occurrence, ...] = ()
    others: tuple[Participant, ...] = ()
    others_card: bool = False
    outages: tuple[Outage, ...] = ()
    copies_until: datetime | None = None
    records_held: int = 0
    visit: Visit | None = None
    trip: Trip | None = None
    bookable: tuple[Bookable, ...] = ()
