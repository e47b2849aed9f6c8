"""What passes between the chat face and the usecases: arrivals in, calls out, outcomes back. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cora_bot.base.values import Value
from cora_bot.dialogue.inputs import Input
from cora_bot.dialogue.prompt import Prompt


class Arrived(Value):
    """One update, understood. ``key`` is its natural key (not the update id), ``address`` the chat id."""

    key: str
    address: int
    input: Input


class Reaction(Value):
    """What to tell Telegram at once, unrecorded: the text for the pressed button ("" stops the spinner)."""

    key: str
    toast: str


class SendMessage(Value):
    """A new message. ``silent``: without a sound (nothing unsolicited is silent)."""

    prompt: Prompt
    silent: bool


class EditMessage(Value):
    message: int
    prompt: Prompt


DELETED_AT_ONCE = 100  # messages Telegram deletes with one call


class DeleteMessage(Value):
    message: int


class DeleteMessages(Value):
    """Several of one chat with one call, ``DELETED_AT_ONCE`` at most; one that may not be deleted stops them all."""

    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SendFile:
    """A sound, picture or film of the study's, without a sound of the phone. ``known``: Telegram's id of it, or "".

    One of a trip's place lies in the store alone, under the id ``stored``: then ``path`` is a mere name, and
    ``content`` is there as long as Telegram has not got it.
    """

    sort: str
    title: str
    path: str
    digest: str
    known: str
    stored: bytes = b""
    content: bytes = field(default=b"", repr=False)


class SendKey(Value):
    """A small message that puts a key in the keyboard's place, which sends where somebody is; "": takes it away."""

    label: str


class SendPlace(Value):
    """A pin on a map, in degrees."""

    latitude: float
    longitude: float


Above = SendFile | SendKey | SendPlace
"""What can stand above a card."""

Call = SendMessage | Above | EditMessage | DeleteMessage | DeleteMessages


class Sending(Value):
    """One claimed outbox row, committed as ``sending`` before the call is made. ``again``: not the first attempt."""

    id: int
    chat: bytes
    address: int
    call: Call
    unsolicited: bool
    again: bool


class Removal(Value):
    """Messages of a person's own that are to leave their chat. ``attempts``: how often it was not known what became.

    It is not claimed: deleted twice is the same as once. So what is not known to be done is simply owed still.
    """

    chat: bytes
    address: int
    messages: tuple[int, ...]
    attempts: int = 0

    @property
    def call(self) -> DeleteMessage | DeleteMessages:
        return DeleteMessages(self.messages) if len(self.messages) > 1 else DeleteMessage(*self.messages)


class Sent(Value):
    """Telegram took it; ``message`` is the id of the (new or edited) message, 0 for a deletion.

    ``file``: Telegram's id of a file that was sent up.
    """

    message: int
    file: str = ""


class Retry(Value):
    """Provably not delivered; ``at``: earliest next attempt. ``whole_bot``: the limit is the bot's, not the chat's."""

    at: datetime
    reason: str
    whole_bot: bool = False


class Uncertain(Value):
    """May or may not have been delivered."""

    reason: str


class Gone(Value):
    """The person cannot be reached: blocked, deactivated, chat not found."""

    reason: str


class Refused(Value):
    """Telegram says no for good (message gone, not editable …). Nothing is lost by giving up; the card is sent anew."""

    reason: str


Outcome = Sent | Retry | Uncertain | Gone | Refused
