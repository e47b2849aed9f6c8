"""What the leanest HTTP client could be: no time-outs, proxy or TLS, answers with a length only. Only to measure."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from bot.request import AiohttpRequest


class _Line(asyncio.Protocol):
    """A kept connection that carries one call at a time."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        assert self._transport is not None
        self.answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self.answer

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(body) >= length and self.answer is not None:
            self._read = b""
            self.answer.set_result((int(head[9:12]), body))


class BareRequest(AiohttpRequest):
    """Our own calls by a bare socket; what python-telegram-bot's ``Bot`` calls goes the usual way."""

    _idle: tuple[_Line, ...] = ()

    async def call(self, url: str, body: bytes, *, read_timeout: float | None = None) -> tuple[int, bytes]:
        del read_timeout
        at = urlsplit(url)
        assert at.hostname is not None
        if self._idle:
            *rest, line = self._idle
            self._idle = tuple(rest)
        else:
            _, line = await asyncio.get_running_loop().create_connection(_Line, at.hostname, at.port)
        head = f"POST {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n"
        answer = await line.ask(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self._idle = (*self._idle, line)
        return answer
