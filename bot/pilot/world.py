"""Telegram's side in memory: the bot's account, people, chats, messages, what waits for the bot.

Rules: one world, one bot. Every change goes through a method here, and each ends in ``changed()``, which wakes pages
and waiting tests. Nothing touches a disk. Times come from the clock that was given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from bot.pilot.bell import Bell
from bot.pilot.files import Files
from bot.pilot.limits import Limits
from bot.pilot.markup import Markup, Remove, Reply
from bot.pilot.messages import Chat, ChatKind, Message, User, inaccessible_json, message_json
from bot.pilot.person import Person
from bot.pilot.queue import UpdateQueue
from bot.pilot.text import Json, commands
from cora_bot.base.chance import Chance, SeededChance, below
from cora_bot.base.clock import Clock

DEMO_TOKEN = "5000000001:AAdemo-token-of-the-emulator-loopback-only"  # noqa: S105 - opens nothing but this emulator
QUERY_LIFETIME = timedelta(seconds=150)
FIRST_PERSON = 6_000_000_001


@dataclass(slots=True)
class Callback:
    """A button press that waits for its answer."""

    query_id: str
    person: Person
    message_id: int
    expires: float


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot, as it came in, and how it ended: the HTTP status, or 0 when the connection was cut."""

    method: str
    parameters: Json
    status: int


@dataclass(slots=True)
class Profile:
    """What the bot says about itself; the key is a language code, "" the default."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "commands"})
    webhook: Json = field(default_factory=dict)
    webhook_secret: str = ""
    joins_groups: bool = True  # /setjoingroups at BotFather


class World:
    """Everything Telegram knows. ``seconds`` measures real time for throttles; expiries go by ``clock``."""

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = DEMO_TOKEN,
        name: str = "Check-in",
        username: str = "check_in_demo_bot",
        chance: Chance | None = None,
        limits: Limits | None = None,
        throttled: bool = True,
        local: bool = False,
    ) -> None:
        """``local``: a Bot API server of one's own (``--local``), which also posts to addresses without encryption."""
        self.clock = clock
        self.local = local
        self.token = token
        self.chance = chance or SeededChance("pilot")
        self.limits = limits or Limits()
        self.bot = User(int(token.split(":")[0]), name, username=username, is_bot=True)
        self.profile = Profile(names={"": name})
        self.queue = UpdateQueue(clock, first_id=100_000_000 + below(self.chance, 100_000_000), throttled=throttled)
        self.chats: dict[int, Chat] = {}
        self.people: dict[int, Person] = {}
        self.callbacks: dict[str, Callback] = {}
        self.calls: list[Call] = []
        self.files = Files(self.chance)
        self.bell = Bell()
        self._last_message = 0

    # people and chats

    def person(self, name: str = "", *, language_code: str = "en", zone: str = "UTC") -> Person:
        """A new person with a phone who has not met the bot yet."""
        user = User(FIRST_PERSON + len(self.people), name or f"Phone {len(self.people) + 1}", language_code)
        person = Person(self, user, Chat(user.id, ChatKind.PRIVATE, user.first_name), zone=zone)
        self.people[user.id] = person
        self.chats[user.id] = person.chat
        self.changed(person.chat)
        return person

    def group(self, title: str, *, by: Person, kind: ChatKind = ChatKind.SUPERGROUP) -> Chat:
        """A group or channel into which ``by`` takes the bot."""
        chat = Chat(-1_000_000_000_000 - len(self.chats) - 1, kind, title, started=True)
        self.chats[chat.id] = chat
        self.membership(chat, by.user, old="left", new="administrator" if kind is ChatKind.CHANNEL else "member")
        return chat

    # what happens in chats

    def post(self, chat: Chat, message: Message) -> Message:
        """Puts a message into a chat under the next id. The caller has checked that it may."""
        self._last_message += 1
        message.message_id = self._last_message
        chat.messages[message.message_id] = message
        chat.action = ""
        match message.markup:
            case Reply():
                chat.reply_keyboard = message.markup
            case Remove():
                chat.reply_keyboard = None
            case _:
                pass
        self._notify(chat, message)
        self.changed(chat)
        return message

    def say(self, chat: Chat, user: User, message: Message) -> Message:
        """A person writes: the message stands in the chat and an update waits for the bot, where it may read it."""
        message.sender, message.date = user, self.now()
        if message.kind == "text":
            message.entities = commands(message.text)
        self.post(chat, message)
        if chat.kind is ChatKind.CHANNEL:
            self.queue.add("channel_post", message_json(chat, message))
        elif self._may_read(chat, message):
            self.queue.add("message", message_json(chat, message))
        return message

    def edited(self, chat: Chat, message: Message) -> None:
        """A person changed a message."""
        message.edit_date = self.now()
        message.entities = commands(message.text)
        kind = "edited_channel_post" if chat.kind is ChatKind.CHANNEL else "edited_message"
        if chat.kind is ChatKind.CHANNEL or self._may_read(chat, message):
            self.queue.add(kind, message_json(chat, message))
        self.changed(chat)

    def change(self, chat: Chat, message: Message, *, text: str, entities: list[Json], markup: Markup | None) -> None:
        """The bot changed a message of its own. Nobody is notified."""
        message.text, message.entities, message.markup = text, entities, markup
        message.edit_date = self.now()
        self.changed(chat)

    def delete(self, chat: Chat, message: Message) -> None:
        """The message goes, for both sides. No update says so."""
        message.deleted = True
        self.changed(chat)

    def press(self, person: Person, message_id: int, data: str) -> str:
        """A press of an inline button; gives the id of the callback query."""
        query_id = str(int.from_bytes(self.chance.bytes(8), "big"))
        message = person.chat.find(message_id)
        expires = (self.clock.now() + QUERY_LIFETIME).timestamp()
        self.callbacks[query_id] = Callback(query_id, person, message_id, expires)
        shown = message_json(person.chat, message) if message else inaccessible_json(person.chat, message_id)
        query: Json = {
            "id": query_id,
            "from": person.user.as_json(),
            "message": shown,
            "chat_instance": str(person.user.id * 31 + self.bot.id),
            "data": data,
        }
        self.queue.add("callback_query", query)
        return query_id

    def membership(self, chat: Chat, by: User, *, old: str, new: str) -> None:
        """``my_chat_member``: the bot was blocked, unblocked, taken into a group or thrown out."""
        chat.blocked = new in ("kicked", "left")
        self.queue.add(
            "my_chat_member",
            {
                "chat": chat.as_json(),
                "from": by.as_json(),
                "date": self.now(),
                "old_chat_member": self._member(old),
                "new_chat_member": self._member(new),
            },
        )
        self.changed(chat)

    # time and waiting

    def pending(self) -> int:
        """How many updates the bot has not acknowledged yet."""
        return len(self.queue)

    def now(self) -> int:
        """Seconds since 1970, as Telegram dates things."""
        return int(self.clock.now().timestamp())

    def changed(self, chat: Chat | None = None) -> None:
        """Wakes who watches the world, and who watches this chat's phone; without a chat, every phone."""
        self.bell.ring()
        for person in self.people.values() if chat is None else filter(None, [self.people.get(chat.id)]):
            person.bell.ring()

    def revoke(self, token: str) -> None:
        """The bot's owner draws a new token; the old one is refused from now on."""
        self.token = token
        self.changed()

    def _member(self, status: str) -> Json:
        return {"user": self.bot.as_json(), "status": status} | ({"until_date": 0} if status == "kicked" else {})

    def _may_read(self, chat: Chat, message: Message) -> bool:
        """Bots are in privacy mode: in groups they get commands, mentions and replies to themselves."""
        if chat.kind is ChatKind.PRIVATE:
            return True
        answered = chat.find(message.reply_to)
        mention = f"@{self.bot.username}" in message.text
        return message.text.startswith("/") or mention or (answered is not None and answered.from_bot)

    def _notify(self, chat: Chat, message: Message) -> None:
        person = self.people.get(chat.id)
        if person is not None and message.from_bot:
            person.notify(message)
