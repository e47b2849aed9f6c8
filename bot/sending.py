"""One send and what became of it. The only place that judges Telegram's answers to a send.

What Telegram refused, or what never left this machine, is known not to be delivered. An answer that did not come, or
that says 5xx, proves nothing: ``Uncertain``, whatever the call was. Whether an uncertain call may be made again (an
edit or a deletion, as twice is the same as once) or once more (a reply) or never (an unsolicited message, since
Telegram has no idempotency key) is for the delivering usecase to say, which knows what was tried before.
"""

from __future__ import annotations

from datetime import timedelta

from bot.api import Answer, Api, TokenRefused
from bot.render import render
from bot.request import NotSent, Unanswered
from bot.speaking import file_of, send_file
from cora_bot.base.clock import Clock
from cora_bot.usecases.exchange import (
    DeleteMessage,
    DeleteMessages,
    EditMessage,
    Gone,
    Outcome,
    Refused,
    Removal,
    Retry,
    SendFile,
    Sending,
    SendKey,
    SendMessage,
    SendPlace,
    Sent,
    Uncertain,
)
from cora_bot.usecases.speaking import FILE_GONE

_GONE = (
    ("bot was blocked by the user", "blocked"),
    ("user is deactivated", "deactivated"),
    ("can't initiate conversation", "not_started"),
    ("chat not found", "chat_not_found"),
    ("user not found", "chat_not_found"),
    ("peer_id_invalid", "chat_not_found"),
    ("upgraded to a supergroup", "migrated"),
)
_REFUSED = (
    ("message to edit not found", "message_gone"),
    ("message to delete not found", "message_gone"),
    ("message_id_invalid", "message_gone"),
    ("message identifier is not specified", "message_gone"),
    ("message can't be edited", "not_editable"),
    ("message can't be deleted", "not_deletable"),
    ("message is too long", "too_long"),
    ("message text is empty", "empty"),
    ("button_data_invalid", "button_data"),
    ("wrong file identifier", FILE_GONE),
    ("wrong remote file", FILE_GONE),
    ("wrong file_id", FILE_GONE),
)
_NOT_MODIFIED = "message is not modified"

SOON = timedelta(seconds=2)

_CROWD = timedelta(seconds=10)  # two chats told to wait within this time: the limit is the bot's


class Sender:
    """Makes calls and classifies their outcomes. Raises ``TokenRefused``, after which nothing can be sent at all."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._flooded: dict[bytes, float] = {}

    async def send(self, sending: Sending | Removal, *, paid: bool = False) -> Outcome:
        """Makes the call. ``paid``: beyond the free allowance, for Telegram Stars."""
        try:
            answer = await self._answer(sending, paid=paid)
        except NotSent:
            return self._later("not_sent")
        except Unanswered:
            return Uncertain("no_answer")
        return self._judge(sending, answer)

    async def _answer(self, sending: Sending | Removal, *, paid: bool) -> Answer:
        if isinstance(sending.call, SendFile):
            return await send_file(self._api, sending.call, sending.address)
        method, payload = render(sending.call, sending.address)
        if paid:
            payload["allow_paid_broadcast"] = True
        return await self._api.call(method, payload)

    def _judge(self, sending: Sending | Removal, answer: Answer) -> Outcome:
        if answer.code == 200:
            return _taken(sending, answer)
        if answer.code in (401, 404):
            raise TokenRefused
        if answer.code in (420, 429):
            return self._flood(sending, answer.retry_after)
        if answer.code == 409:
            return self._later("conflict")
        if not 400 <= answer.code < 500:
            return Uncertain(f"status_{answer.code}")
        return _refusal(sending, answer)

    def _later(self, reason: str) -> Retry:
        return Retry(self._clock.now() + SOON, reason)

    def _flood(self, sending: Sending | Removal, retry_after: float) -> Retry:
        """Telegram does not say whose limit it is: once several chats are told to wait, it is the bot's."""
        now = self._clock.now()
        since = (now - _CROWD).timestamp()
        self._flooded = {chat: at for chat, at in self._flooded.items() if at > since}
        self._flooded[sending.chat] = now.timestamp()
        pause = timedelta(seconds=max(retry_after, 1))
        return Retry(now + pause, "too_many", whole_bot=len(self._flooded) > 1)


def _taken(sending: Sending | Removal, answer: Answer) -> Outcome:
    match sending.call:
        case DeleteMessage() | DeleteMessages():
            return Sent(0)
        case EditMessage(message):
            return Sent(message)
        case SendMessage() | SendKey() | SendPlace():
            return Sent(answer.message_id())
        case SendFile():
            return Sent(answer.message_id(), file_of(answer))


def _refusal(sending: Sending | Removal, answer: Answer) -> Outcome:
    if _NOT_MODIFIED in answer.description and isinstance(sending.call, EditMessage):
        return Sent(sending.call.message)
    for words, reason in _GONE:
        if words in answer.description:
            return Gone(reason)
    for words, reason in _REFUSED:
        if words in answer.description:
            return Refused(reason)
    return Gone("forbidden") if answer.code == 403 else Refused(f"status_{answer.code}")
