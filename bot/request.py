"""HTTP to the Bot API on aiohttp, as python-telegram-bot's ``Bot`` wants it and for our own direct calls.

Two failures, told apart because only one may be repeated freely: ``NotSent`` (no connection came about, so Telegram has
seen nothing) and ``Unanswered`` (the request may have been taken: time-out while reading, connection cut). The address
holds the bot's token, and so do aiohttp's errors: ours are raised outside its handlers and name only the kind of error.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Any

import aiohttp
from aiohttp.connector import Connection
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData
from yarl import URL

HTTP_OK = 200
FINAL = 200  # below are answers that another one follows
CHUNK = 64 * 1024

_JSON = {"Content-Type": "application/json"}
_FAILURES = (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError)
_Timeout = DefaultValue[float] | float | DefaultValue[None] | None


class NotSent(NetworkError):  # noqa: N818 -- it names what happened
    """Nothing reached Telegram: no name, no route, no connection, none free."""


class Unanswered(NetworkError):  # noqa: N818 -- it names what happened
    """No answer was read: it may or may not have been taken."""


class AiohttpRequest(BaseRequest):
    """One pool of kept connections.

    ``connect_timeout`` bounds waiting for a free connection and making a new one, ``read_timeout`` each wait for the
    answer; both in seconds.
    """

    def __init__(
        self,
        *,
        connections: int = 64,
        connect_timeout: float = 10,
        read_timeout: float = 20,
    ) -> None:
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None
        self._openings: dict[str, _Opening] = {}

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(self, url: str, body: bytes, *, read_timeout: float | None = None) -> tuple[int, bytes]:
        """Posts a JSON body; HTTP status and body of the answer. Raises ``NotSent`` or ``Unanswered``.

        It goes over aiohttp's connections, but without its session: what a session does for each request (cookies,
        redirects, codings, a task that writes) is more than half of what a call costs.
        """
        timeouts = _timeouts(read_timeout or self._read_timeout, self._connect_timeout)
        try:
            return await self._post(url, body, timeouts)
        except _FAILURES as error:
            failure = _failure(error)
        raise failure  # outside the handler, as below

    async def upload(
        self, url: str, said: Mapping[str, str], *, field: str, name: str, content: bytes
    ) -> tuple[int, bytes]:
        """Posts a form with a file. Raises ``NotSent`` or ``Unanswered``."""
        form = aiohttp.FormData()
        for key, text in said.items():
            form.add_field(key, text)
        form.add_field(field, io.BytesIO(content), filename=name, content_type="application/octet-stream")
        timeouts = _timeouts(self._read_timeout, self._connect_timeout)
        return await self._exchange("POST", url, timeouts, data=form)

    async def stream(self, url: str) -> AsyncIterator[bytes]:
        """A file, chunk by chunk. Raises ``NotSent`` or ``Unanswered``, also where it breaks off or is refused."""
        if self._session is None:
            raise RuntimeError("the request is not initialized")
        timeouts = _timeouts(self._read_timeout, self._connect_timeout)
        try:
            async with self._session.get(url, timeout=timeouts, allow_redirects=False) as response:
                if response.status == HTTP_OK:
                    async for chunk in response.content.iter_chunked(CHUNK):
                        yield chunk
                    return
                failure: NetworkError = Unanswered(f"status {response.status}")
        except _FAILURES as error:
            failure = _failure(error)
        raise failure  # outside the handler, as below

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        write_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        connect_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        pool_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """What ``Bot`` calls. Write and pool time-outs are those of reading and connecting."""
        del write_timeout, pool_timeout
        read = self._read_timeout if isinstance(read_timeout, DefaultValue) else read_timeout
        connect = self._connect_timeout if isinstance(connect_timeout, DefaultValue) else connect_timeout
        body = _form(request_data) if request_data else None
        return await self._exchange(method, url, _timeouts(read, connect), data=body)

    async def _post(self, url: str, body: bytes, timeouts: aiohttp.ClientTimeout) -> tuple[int, bytes]:
        opening = self._openings.get(url) or self._opening(url)
        try:
            connection = await self._connector.connect(opening.request, [], timeouts)
        except TimeoutError:
            raise aiohttp.ConnectionTimeoutError from None
        try:
            answer = await _asked(connection, opening.head, body, timeouts.sock_read)
        except BaseException:
            connection.close()
            raise
        connection.release()
        return answer

    @property
    def _connector(self) -> aiohttp.BaseConnector:
        if self._session is None or self._session.connector is None:
            raise RuntimeError("the request is not initialized")
        return self._session.connector

    def _opening(self, url: str) -> _Opening:
        try:
            at = URL(url)
        except ValueError:
            raise aiohttp.InvalidURL("") from None
        request = aiohttp.ClientRequest("POST", at, headers=_JSON, loop=asyncio.get_running_loop())
        opening = self._openings[url] = _Opening(request)
        return opening

    async def _exchange(
        self, method: str, url: str, timeouts: aiohttp.ClientTimeout, **parts: Any
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the request is not initialized")
        try:
            # Redirects are not followed: they would carry the token elsewhere.
            async with self._session.request(method, url, timeout=timeouts, allow_redirects=False, **parts) as response:
                return response.status, await response.read()
        except _FAILURES as error:
            failure = _failure(error)
        raise failure  # outside the handler: aiohttp's error, which knows the address, must not hang on ours


class _Opening:
    """How each call to one address begins: which connection it needs, and its head up to the length of the body."""

    def __init__(self, request: aiohttp.ClientRequest) -> None:
        self.request = request
        host, kind = request.headers["Host"], _JSON["Content-Type"]
        head = f"POST {request.url.raw_path_qs} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: "
        self.head = head.encode("ascii")


async def _asked(connection: Connection, head: bytes, body: bytes, read_timeout: float | None) -> tuple[int, bytes]:
    """One request and its answer, of which the connection brings nothing else."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(read_until_eof=True, read_timeout=read_timeout)
    transport.write(b"%b%d\r\n\r\n%b" % (head, len(body), body))
    protocol.start_timeout()
    answer, content = await protocol.read()
    while answer.code < FINAL:
        answer, content = await protocol.read()
    return answer.code, await content.read()


@lru_cache
def _timeouts(read: float | None, connect: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect, sock_read=read)


def _failure(error: Exception) -> NotSent | Unanswered:
    name = type(error).__name__
    match error:
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return NotSent(f"not sent: {name}")
        case aiohttp.ClientHttpProxyError() | aiohttp.InvalidURL():
            return NotSent(f"not sent: {name}")
        case _:
            return Unanswered(f"no answer: {name}")


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, text in request_data.json_parameters.items():
        form.add_field(name, text)
    for name, (filename, content, kind) in (request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
