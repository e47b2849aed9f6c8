"""A person with a phone: what they can do in the chat, what they see, what their lock screen shows.

Rules: everything here is what a hand and an eye can do; nothing reads the server's state. While the network is off
the phone shows what it last knew, typed messages wait on the phone, and buttons do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.pilot.attachments import KABUL, KINDS, Content, Place, attachment, spot
from bot.pilot.bell import Bell
from bot.pilot.markup import Rows
from bot.pilot.messages import Chat, Message, User
from bot.pilot.text import Json, clean
from cora_bot.base.clock import monotonic

if TYPE_CHECKING:
    from bot.pilot.world import World

# A phone left alone this long has locked itself.
SCREEN_TIME = timedelta(minutes=10)


class PhoneError(RuntimeError):
    """A phone cannot do this now: the message or button is not on the screen, the bot is blocked, the network off."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as the phone shows it."""

    message_id: int
    mine: bool
    kind: str
    text: str
    buttons: Rows
    date: int
    edited: bool
    protected: bool
    silent: bool
    entities: tuple[Json, ...] = ()
    forwarded: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The buttons' texts in reading order."""
        return tuple(button.text for row in self.buttons for button in row)


@dataclass(frozen=True, slots=True)
class Notification:
    """A new message made the phone tell its owner. ``seen`` says that the chat was open: no lock screen showed it."""

    message_id: int
    at: datetime
    title: str
    text: str
    silent: bool
    seen: bool


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a press, shown for a moment, or as a window to be closed (``alert``)."""

    at: datetime
    text: str
    alert: bool
    query_id: str


class Person:
    """One person, one phone, one chat with the bot. Made by ``World.person``."""

    def __init__(self, world: World, user: User, chat: Chat, *, zone: str) -> None:
        self._world = world
        self.user = user
        self.chat = chat
        self.zone = zone
        self.notifications: list[Notification] = []
        self.toasts: list[Toast] = []
        self.bell = Bell()
        self.offline = False
        self._kept: tuple[Bubble, ...] = ()
        self._unsent: list[Message] = []
        self._last_known = 0
        self._looked: datetime | None = None
        self._read = 0

    @property
    def id(self) -> int:
        return self.user.id

    # what the eye sees

    @property
    def screen(self) -> tuple[Bubble, ...]:
        """The chat as displayed, oldest first."""
        return self._kept if self.offline else tuple(_bubble(message) for message in self.chat.living())

    @property
    def last(self) -> Bubble:
        """The lowest message from the bot on the screen. Raises PhoneError when there is none."""
        for bubble in reversed(self.screen):
            if not bubble.mine:
                return bubble
        raise PhoneError("the bot has written nothing that is still on the screen")

    @property
    def texts(self) -> tuple[str, ...]:
        """What the bot's messages on the screen say, oldest first."""
        return tuple(bubble.text for bubble in self.screen if not bubble.mine)

    @property
    def received(self) -> tuple[str, ...]:
        """Every message the bot ever sent here, as it now reads, deleted ones included."""
        return tuple(message.text for message in self.chat.messages.values() if message.from_bot)

    @property
    def unsent(self) -> tuple[str, ...]:
        """What was written while the network is off."""
        return tuple(message.text for message in self._unsent)

    @property
    def looking(self) -> bool:
        """Whether the chat is open in front of the person."""
        return self._looked is not None and self._world.clock.now() - self._looked < SCREEN_TIME

    def lock_screen(self) -> tuple[Notification, ...]:
        """The unread notifications, newest first, as they now read; a deleted message takes its own along."""
        shown: list[Notification] = []
        for one in reversed(self.notifications):
            message = self.chat.find(one.message_id)
            if message is not None and one.message_id > self._read:
                shown.append(Notification(one.message_id, one.at, one.title, message.text, one.silent, one.seen))
        return tuple(shown)

    # what the hand does

    def look(self) -> None:
        """Unlocks the phone and opens the chat."""
        self._looked = self._world.clock.now()
        self._read = max((bubble.message_id for bubble in self.screen), default=self._read)
        self._world.changed(self.chat)

    def lock(self) -> None:
        self._looked = None
        self._world.changed(self.chat)

    def start(self, token: str = "") -> int:
        """Follows a t.me link (``?start=token``) and presses Start, which also unblocks."""
        if self.chat.blocked:
            self.unblock()
        self.chat.started = True
        return self.type(f"/start {token}".strip())

    def type(self, text: str, *, reply_to: int = 0) -> int:
        """Writes a message; its id, or 0 while it waits for the network."""
        return self._say(Message(0, self.user, 0, clean(text), reply_to=reply_to))

    def press(self, button: str | int, *, on: int | None = None) -> str:
        """Presses an inline button by its label or its index in reading order; gives the callback query's id.

        Without ``on``, the lowest message that has the button.
        """
        for bubble in reversed(self.screen):
            if on is None or bubble.message_id == on:
                found = [one for row in bubble.buttons for one in row]
                wanted = (
                    found[button : button + 1] if isinstance(button, int) else [b for b in found if b.text == button]
                )
                if wanted and wanted[0].callback_data is not None:
                    return self.press_old(bubble.message_id, wanted[0].callback_data)
        seen = [label for bubble in self.screen for label in bubble.labels]
        raise PhoneError(f"no such button to press: {button!r}; on the screen: {seen}")

    def press_old(self, message_id: int, held: str) -> str:
        """Presses a button that the phone may still show though it changed meanwhile, by the data it held."""
        self._act()
        self._need_network()
        return self._world.press(self, message_id, held)

    def press_key(self, label: str, *, at: Place = KABUL) -> int:
        """Presses a button of the reply keyboard, which types its text, or shares where the phone is: ``at``."""
        keyboard = self.chat.reply_keyboard
        found = [] if keyboard is None else [one for row in keyboard.rows for one in row if one.text == label]
        if keyboard is None or not found:
            raise PhoneError(f"no such key on the reply keyboard: {label!r}")
        if found[0].request == "location":
            self._need_network()
        if keyboard.one_time:
            self.chat.reply_keyboard = None
        return self.share(*at, accuracy=15) if found[0].request == "location" else self.type(label)

    @property
    def keys(self) -> tuple[str, ...]:
        """What stands in place of the keyboard, in reading order."""
        keyboard = self.chat.reply_keyboard
        return () if keyboard is None else tuple(one.text for row in keyboard.rows for one in row)

    def edit(self, message_id: int, text: str) -> None:
        """Changes a message of one's own."""
        self._need_network()
        message = self._own(message_id)
        message.text = clean(text)
        self._world.edited(self.chat, message)

    def delete(self, message_id: int) -> None:
        """Deletes a message for both sides; the bot is not told."""
        self._need_network()
        message = self.chat.find(message_id)
        if message is None:
            raise PhoneError("that message is not on the screen")
        self._world.delete(self.chat, message)

    def send(self, kind: str, *, caption: str = "", content: Content | None = None) -> int:
        """Sends a sticker, photo, voice, audio, video, document, location or contact; a file holds ``content``."""
        if kind not in KINDS:
            raise PhoneError(f"a phone cannot send a {kind!r} here; it knows {', '.join(KINDS)}")
        extra, shown = attachment(kind, self.user, self._world.files, content or Content())
        return self._say(Message(0, self.user, 0, clean(caption) or shown, kind=kind, extra=extra))

    def share(self, latitude: float, longitude: float, *, accuracy: float = 0, live: int = 0) -> int:
        """Shares a place, once, or for ``live`` seconds."""
        extra = spot(latitude, longitude, accuracy=accuracy, live=live)
        return self._say(Message(0, self.user, 0, "Location", kind="location", extra=extra))

    def forward(self, text: str, *, origin: str = "Somebody") -> int:
        """Forwards a message that someone else wrote elsewhere."""
        source: Json = {"type": "hidden_user", "sender_user_name": origin, "date": self._world.now() - 3600}
        return self._say(Message(0, self.user, 0, clean(text), extra={"forward_origin": source}))

    def write_in(self, group: Chat, text: str, *, reply_to: int = 0) -> int:
        """Writes in a group or channel."""
        self._need_network()
        return self._world.say(group, self.user, Message(0, self.user, 0, clean(text), reply_to=reply_to)).message_id

    def block(self) -> None:
        self._need_network()
        self._world.membership(self.chat, self.user, old="member", new="kicked")

    def unblock(self) -> None:
        self._need_network()
        self._world.membership(self.chat, self.user, old="kicked", new="member")

    def deactivate(self) -> None:
        """The account is gone for good."""
        self.chat.deactivated = True
        self._world.changed(self.chat)

    def network_off(self) -> None:
        self._kept, self.offline = self.screen, True
        self._world.changed(self.chat)

    def network_on(self) -> None:
        """Back: what was typed goes out, what arrived meanwhile shows and notifies."""
        self.offline = False
        missed = [
            message for message in self.chat.living() if message.from_bot and message.message_id > self._last_known
        ]
        for message in missed:
            self.notify(message)
        unsent, self._unsent = self._unsent, []
        for message in unsent:
            self._world.say(self.chat, self.user, message)
        self._world.changed(self.chat)

    def speak(self, language_code: str) -> None:
        """Changes the phone's interface language."""
        self.user = User(self.user.id, self.user.first_name, language_code)
        self._world.changed(self.chat)

    # what reaches the phone (called by the world)

    def notify(self, message: Message) -> None:
        if self.offline:
            return
        self._last_known = message.message_id
        at, title = self._world.clock.now(), self._world.bot.first_name
        seen = self.looking
        self.notifications.append(Notification(message.message_id, at, title, message.text, message.silent, seen))
        if seen:
            self._read = message.message_id

    def toast(self, query_id: str, text: str, *, alert: bool) -> None:
        if not self.offline:
            self.toasts.append(Toast(self._world.clock.now(), text, alert, query_id))
        self._world.changed(self.chat)

    # waiting

    async def until(self, condition: Callable[[Person], bool], *, seconds: float = 5.0) -> None:
        """Waits until ``condition(person)`` holds. Raises PhoneError after ``seconds`` real seconds."""
        end = monotonic() + seconds
        while True:
            revision = self.bell.revision
            if condition(self):
                return
            if not await self.bell.wait(after=revision, seconds=end - monotonic()):
                raise PhoneError(f"it did not come within {seconds} s; on the screen: {self.texts}")

    def _say(self, message: Message) -> int:
        if self.chat.blocked or self.chat.deactivated:
            raise PhoneError("the bot is blocked, or the account is gone")
        self._act()
        self.chat.started = True
        if self.offline:
            self._unsent.append(message)
            self._world.changed(self.chat)
            return 0
        return self._world.say(self.chat, self.user, message).message_id

    def _need_network(self) -> None:
        if self.offline:
            raise PhoneError("the network is off")

    def _own(self, message_id: int) -> Message:
        message = self.chat.find(message_id)
        if message is None or message.from_bot:
            raise PhoneError("that message is not one of this person's on the screen")
        return message

    def _act(self) -> None:
        """Whoever acts has the chat open."""
        self._looked = self._world.clock.now()
        self._read = self._last_known if self.offline else max(self._read, next(reversed(self.chat.messages), 0))


def _bubble(message: Message) -> Bubble:
    rows = message.inline.rows if message.inline else ()
    return Bubble(
        message.message_id,
        not message.from_bot,
        message.kind,
        message.text,
        rows,
        message.date,
        bool(message.edit_date),
        message.protected,
        message.silent,
        tuple(message.entities),
        "forward_origin" in message.extra,
    )
