"""What became of a send, against the emulator and its faults.

S-01 every answer of Telegram has its outcome
S-02 only what provably was not delivered is called so; what may have arrived is uncertain
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.api import Answer, Api, TokenRefused, read_answer
from bot.pilot.faults import Fault, Kind
from bot.pilot.person import Person
from bot.pilot.server import Emulator
from bot.request import AiohttpRequest
from bot.sending import SOON, Sender
from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.dialogue.inputs import Press, Verb
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.usecases.exchange import (
    Call,
    DeleteMessage,
    EditMessage,
    Gone,
    Outcome,
    Refused,
    Retry,
    SendFile,
    Sending,
    SendMessage,
    Sent,
    Uncertain,
)

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
PROMPT = Prompt("How are you?", ((Button("Fine", Press(Verb.CHOOSE, 1, 2, 0)),),))
MESSAGE = SendMessage(PROMPT, silent=False)


@dataclass
class Bench:
    """An emulator, one person who has started the bot, and a sender."""

    emulator: Emulator
    person: Person
    sender: Sender
    clock: SetClock

    def sending(self, call: Call, *, unsolicited: bool = False, again: bool = False, chat: bytes = b"c") -> Sending:
        return Sending(7, chat, self.person.chat.id, call, unsolicited, again)

    async def send(self, call: Call, *, unsolicited: bool = False, again: bool = False) -> Outcome:
        return await self.sender.send(self.sending(call, unsolicited=unsolicited, again=again))

    def received(self) -> list[str]:
        return [message.text for message in self.person.chat.messages.values() if message.from_bot]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = SetClock(NOW)
    async with Emulator(clock=clock) as emulator, AiohttpRequest(read_timeout=0.3) as request:
        person = emulator.world.person("A")
        person.start()
        api = Api(request, token=emulator.token, base_url=emulator.base_url)
        yield Bench(emulator, person, Sender(api, clock), clock)


@pytest.mark.parametrize(("sort", "ending", "method"), [("voice", ".ogg", "sendVoice"), ("image", ".png", "sendPhoto")])
async def test_file_of_a_place_goes_up_once_and_by_its_id_then(
    bench: Bench, sort: str, ending: str, method: str
) -> None:
    up = SendFile(sort, "📍", f"1{ending}", "", "", stored=b"s" * 16, content=b"the way")
    first = await bench.send(up)
    assert isinstance(first, Sent)
    second = await bench.send(replace(up, known=first.file, content=b""))
    kept = bench.emulator.world.files.find(first.file)
    calls = [each for each in bench.emulator.world.calls if each.method == method]
    field = "voice" if sort == "voice" else "photo"

    assert kept is not None
    assert (kept.content, isinstance(second, Sent)) == (b"the way", True)
    assert [each.parameters[field] for each in calls] == [b"the way", first.file]
    assert [each.parameters["protect_content"] in (True, "true") for each in calls] == [True, True]
    assert [(one.kind, one.protected, one.silent) for one in bench.person.screen if not one.mine] == [
        (field, True, True), (field, True, True),
    ]  # fmt: skip
    assert await bench.send(replace(up, known="nothing", content=b"")) == Refused("file_gone")


async def test_new_message_is_sent_with_its_id(bench: Bench) -> None:
    outcome = await bench.send(MESSAGE)
    assert outcome == Sent(bench.person.screen[-1].message_id)
    assert bench.received() == ["How are you?"]


async def test_edit_deletion_and_a_repeated_edit_are_sent(bench: Bench) -> None:
    sent = await bench.send(MESSAGE)
    assert isinstance(sent, Sent)
    edit = EditMessage(sent.message, Prompt("Thank you."))
    assert await bench.send(edit) == sent
    assert await bench.send(edit) == sent  # "message is not modified"
    assert bench.received() == ["Thank you."]
    assert await bench.send(DeleteMessage(sent.message)) == Sent(0)
    assert await bench.send(DeleteMessage(sent.message)) == Refused("message_gone")
    assert await bench.send(edit) == Refused("message_gone")


async def test_what_telegram_will_not_change_is_refused(bench: Bench) -> None:
    own = bench.person.type("hello")
    assert await bench.send(EditMessage(own, Prompt("x"))) == Refused("not_editable")
    bench.clock.move(timedelta(hours=49))
    assert await bench.send(DeleteMessage(own)) == Refused("not_deletable")
    assert await bench.send(SendMessage(Prompt(""), silent=False)) == Refused("empty")


async def test_person_who_cannot_be_reached_is_gone(bench: Bench) -> None:
    bench.person.block()
    assert await bench.send(MESSAGE) == Gone("blocked")
    bench.person.unblock()
    bench.person.deactivate()
    assert await bench.send(MESSAGE) == Gone("deactivated")
    stranger = Sending(8, b"s", 4242, MESSAGE, unsolicited=True, again=False)
    assert await bench.sender.send(stranger) == Gone("chat_not_found")


async def test_flood_refusal_waits_as_long_as_telegram_says(bench: Bench) -> None:
    bench.emulator.faults.add(Fault(Kind.FLOOD, "sendMessage", count=3, retry_after=7))
    at = NOW + timedelta(seconds=7)
    assert await bench.send(MESSAGE, unsolicited=True) == Retry(at, "too_many")
    assert await bench.send(MESSAGE, unsolicited=True) == Retry(at, "too_many")
    other = bench.sending(MESSAGE, chat=b"other")
    assert await bench.sender.send(other) == Retry(at, "too_many", whole_bot=True)
    assert bench.received() == []


DOUBTS = [
    (Kind.CUT_BEFORE, "no_answer", False),
    (Kind.CUT_AFTER, "no_answer", True),
    (Kind.SLOW, "no_answer", True),
    (Kind.ERROR_BEFORE, "status_502", False),
    (Kind.ERROR_AFTER, "status_502", True),
]


@pytest.mark.parametrize(("kind", "reason", "arrives"), DOUBTS)
@pytest.mark.parametrize("unsolicited", [True, False])
async def test_message_without_an_answer_may_have_arrived(
    bench: Bench, kind: Kind, reason: str, arrives: bool, unsolicited: bool
) -> None:
    bench.emulator.faults.add(Fault(kind, "sendMessage", milliseconds=500))
    assert await bench.send(MESSAGE, unsolicited=unsolicited) == Uncertain(reason)
    assert bench.received() == (["How are you?"] if arrives else [])


@pytest.mark.parametrize(("kind", "reason", "arrives"), DOUBTS)
async def test_edit_without_an_answer_can_be_made_again(bench: Bench, kind: Kind, reason: str, arrives: bool) -> None:
    sent = await bench.send(MESSAGE)
    assert isinstance(sent, Sent)
    edit = EditMessage(sent.message, Prompt("Thank you."))
    bench.emulator.faults.add(Fault(kind, "editMessageText", milliseconds=500))
    assert await bench.send(edit) == Uncertain(reason)
    assert bench.received() == (["Thank you."] if arrives else ["How are you?"])
    assert await bench.send(edit, again=True) == sent
    assert bench.received() == ["Thank you."]


@pytest.mark.parametrize("unsolicited", [True, False])
async def test_message_that_never_left_is_sent_later(bench: Bench, unsolicited: bool) -> None:
    await bench.emulator.stop()
    assert await bench.send(MESSAGE, unsolicited=unsolicited) == Retry(NOW + SOON, "not_sent")


async def test_refused_token_stops_everything(bench: Bench) -> None:
    bench.emulator.world.revoke("5:new")
    with pytest.raises(TokenRefused) as refused:
        await bench.send(MESSAGE)
    assert refused.value.hint.startswith("Take the current token from @BotFather")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"ok":true,"result":{"message_id":4}}', Answer(200, b'{"message_id":4}')),
        (200, b'{"ok":false,"error_code":429,"description":"Too Many"}', Answer(429, b"", "too many")),
        (200, b"<html>login</html>", Answer(502)),
        (404, b"<html>nothing here</html>", Answer(502)),
        (200, b"\xff\xfe", Answer(502)),
        (502, b"", Answer(502)),
        (400, b'{"ok":false,"description":"Bad Request: X"}', Answer(400, b"", "bad request: x")),
        (429, b'{"ok":false,"error_code":429,"parameters":{"retry_after":3}}', Answer(429, b"", "", 3)),
    ],
)
def test_envelope_is_read_whatever_comes_back(status: int, body: bytes, expected: Answer) -> None:
    read = read_answer(status, body)
    assert (read.code, bytes(read.result), read.description, read.retry_after) == (
        expected.code,
        bytes(expected.result),
        expected.description,
        expected.retry_after,
    )


async def test_chat_that_became_another_is_gone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object, **__: object) -> Answer:
        return Answer(400, description="bad request: group chat was upgraded to a supergroup chat")

    monkeypatch.setattr(bench.sender._api, "call", refused)
    assert await bench.send(MESSAGE) == Gone("migrated")
