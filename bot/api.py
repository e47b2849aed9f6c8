"""The Bot API without python-telegram-bot's objects: addresses, bodies and the envelope of every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

import msgspec

from bot.request import AiohttpRequest
from cora_bot.base.errors import CoraError
from cora_bot.base.values import Value

TELEGRAM = "https://api.telegram.org"


class _Parameters(msgspec.Struct):
    retry_after: float = 0


class _Envelope(msgspec.Struct):
    ok: bool
    result: msgspec.Raw = msgspec.Raw()
    error_code: int = 0
    description: str = ""
    parameters: _Parameters | None = None


class _Message(msgspec.Struct):
    message_id: int


_DECODER = msgspec.json.Decoder(_Envelope)
_MESSAGE = msgspec.json.Decoder(_Message)


class TokenRefused(CoraError):  # noqa: N818 -- it names what happened
    """Telegram does not know this bot's token."""

    def __init__(self) -> None:
        super().__init__(
            "Telegram does not accept the bot's token",
            "Take the current token from @BotFather; if it was revoked, put the new one into CORA_TOKEN.",
        )


class Answer(Value):
    """``code`` is 200 when Telegram said ok; ``description`` is Telegram's text in lower case, never logged."""

    code: int
    result: bytes | msgspec.Raw = b""
    description: str = ""
    retry_after: float = 0

    def message_id(self) -> int:
        """The id of the message in ``result``; 0 when it holds none."""
        try:
            return _MESSAGE.decode(self.result).message_id
        except msgspec.MsgspecError:
            return 0


class Api:
    """One bot at one Bot API server. ``base_url`` comes without ``/bot``."""

    def __init__(self, request: AiohttpRequest, *, token: str, base_url: str = TELEGRAM) -> None:
        self._request = request
        server = base_url.rstrip("/").removesuffix("/bot")
        self._prefix = f"{server}/bot{token}/"
        self._files = f"{server}/file/bot{token}/"

    def __repr__(self) -> str:
        return "Api()"

    async def call(self, method: str, payload: Mapping[str, object], *, read_timeout: float | None = None) -> Answer:
        """One call. Raises ``request.NotSent``, ``request.Unanswered`` and nothing else."""
        body = msgspec.json.encode(payload)
        status, answer = await self._request.call(self._prefix + method, body, read_timeout=read_timeout)
        return read_answer(status, answer)

    async def upload(self, method: str, said: Mapping[str, object], *, field: str, name: str, content: bytes) -> Answer:
        """A call with a file. Raises as ``call`` does."""
        fields = {
            key: value if isinstance(value, str) else msgspec.json.encode(value).decode() for key, value in said.items()
        }
        status, answer = await self._request.upload(
            self._prefix + method, fields, field=field, name=name, content=content
        )
        return read_answer(status, answer)

    def download(self, path: str) -> AsyncIterator[bytes]:
        """A file of ``getFile``, chunk by chunk. Raises as ``call`` does."""
        return self._request.stream(self._files + quote(path))


def read_answer(status: int, body: bytes) -> Answer:
    """The envelope, whatever came back. What is not an envelope is not Telegram's word (a proxy's, say) and proves
    nothing about what was done: it counts as 502."""
    try:
        read = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Answer(502)
    if read.ok and status == 200:
        return Answer(200, read.result)
    retry_after = read.parameters.retry_after if read.parameters else 0
    return Answer(read.error_code or (502 if status < 400 else status), b"", read.description.lower(), retry_after)
