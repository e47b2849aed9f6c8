"""HTTP to the Bot API, against a server on loopback.

Q-01 what never left this machine is told apart from what may have been taken
Q-02 the token is in no error, not even in what caused it, and in no log
Q-03 connections are kept, unless more came on them than the answer
Q-04 nothing is sent to a server whose certificate nobody vouches for, and no more than has to be
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import socket
import ssl
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from telegram import Bot
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.request import RequestData

from bot.api import Api
from bot.request import AiohttpRequest, NotSent, Unanswered
from cora_bot.base.clock import SystemClock
from cora_bot.base.logging import start_logging

TOKEN = "123456:SECRET-token-planted"


async def _echo(request: web.Request) -> web.Response:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return web.json_response({"ok": True, "result": {"body": await request.text(), "port": peer[1] if peer else 0}})


async def _slow(request: web.Request) -> web.Response:
    await asyncio.sleep(0.5)
    return web.json_response({"ok": True, "result": True})


async def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _halved(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok": tr')
    assert request.transport is not None
    request.transport.close()
    return response


async def _elsewhere(request: web.Request) -> web.Response:
    raise web.HTTPTemporaryRedirect(str(request.url.with_path("/elsewhere")))


async def _refuse(request: web.Request) -> web.Response:
    return web.json_response({"ok": False, "error_code": 400, "description": "Bad Request: no"}, status=400)


async def _gateway(request: web.Request) -> web.Response:
    return web.Response(status=502, text="<html>Bad Gateway</html>")


@pytest.fixture
async def server() -> AsyncIterator[str]:
    app = web.Application()
    for name, handler in {
        "echo": _echo, "slow": _slow, "cut": _cut, "halved": _halved, "moved": _elsewhere,
        "getMe": _refuse, "gateway": _gateway,
    }.items():  # fmt: skip
        app.router.add_post(f"/bot{{token}}/{name}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def request_() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest(connections=2, connect_timeout=0.3, read_timeout=0.2) as request:
        yield request


def nobody_listens() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"


async def test_answer_comes_with_its_status(server: str, request_: AiohttpRequest) -> None:
    answer = await Api(request_, token=TOKEN, base_url=server).call("echo", {"text": "سلام"})
    assert answer.code == 200
    assert json.loads(json.loads(bytes(answer.result))["body"]) == {"text": "سلام"}


async def test_connection_is_kept(server: str, request_: AiohttpRequest) -> None:
    api = Api(request_, token=TOKEN, base_url=f"{server}/bot")
    ports = {json.loads(bytes((await api.call("echo", {})).result))["port"] for _ in range(3)}
    assert len(ports) == 1


@pytest.mark.parametrize("where", ["refused", "http://nosuch.invalid", "http://[bad"])
async def test_unreachable_server_is_provably_not_sent(where: str, request_: AiohttpRequest) -> None:
    base = nobody_listens() if where == "refused" else where
    with pytest.raises(NotSent):
        await Api(request_, token=TOKEN, base_url=base).call("echo", {})


async def test_no_free_connection_is_provably_not_sent(server: str, request_: AiohttpRequest) -> None:
    api = Api(request_, token=TOKEN, base_url=server)
    held = [asyncio.create_task(api.call("slow", {}, read_timeout=2)) for _ in range(2)]
    await asyncio.sleep(0.05)
    with pytest.raises(NotSent):
        await api.call("echo", {})
    assert [(await task).code for task in held] == [200, 200]


@pytest.mark.parametrize("method", ["slow", "cut", "halved"])
async def test_answer_that_does_not_come_proves_nothing(method: str, server: str, request_: AiohttpRequest) -> None:
    with pytest.raises(Unanswered):
        await Api(request_, token=TOKEN, base_url=server).call(method, {})


@pytest.mark.parametrize("method", ["gateway", "moved"])
async def test_answer_that_is_not_telegrams_counts_as_a_gateway_error(
    method: str, server: str, request_: AiohttpRequest
) -> None:
    assert (await Api(request_, token=TOKEN, base_url=server).call(method, {})).code == 502


async def test_bot_of_the_library_works_on_it(server: str, request_: AiohttpRequest) -> None:
    bot = Bot(TOKEN, base_url=f"{server}/bot", request=request_, get_updates_request=request_)
    with pytest.raises(BadRequest, match="No"):
        await bot.get_me()
    assert await request_.post(f"{server}/bot{TOKEN}/echo", RequestData([]), read_timeout=1) != {}
    with pytest.raises(NetworkError):
        await request_.post(f"{server}/bot{TOKEN}/slow", RequestData([]))


@pytest.mark.parametrize("method", ["slow", "cut", "refused", "[bad"])
async def test_token_is_in_no_error_and_no_log(method: str, server: str, request_: AiohttpRequest) -> None:
    logs = io.StringIO()
    handlers = logging.getLogger().handlers[:]
    start_logging(logs, level=logging.DEBUG)
    logging.getLogger().setLevel(logging.DEBUG)
    bases = {"refused": nobody_listens(), "[bad": "http://[bad"}
    url = f"{bases.get(method, server)}/bot{TOKEN}/{method}"
    try:
        with pytest.raises(TelegramError) as direct:
            await request_.call(url, b"{}")
        with pytest.raises(TelegramError) as through_library:
            await request_.post(url, RequestData([]))
    finally:
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(logging.WARNING)
    for error in (direct.value, through_library.value):
        assert (error.__cause__, error.__context__) == (None, None)
        assert "SECRET" not in "".join(traceback.format_exception(error)) + repr(error)
    assert "SECRET" not in logs.getvalue()


async def test_control_the_http_librarys_own_error_does_name_the_token(server: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.InvalidURL, match="SECRET"):
            await session.post(f"http://[bad/bot{TOKEN}/x")


async def test_api_and_its_parts_do_not_show_the_token(request_: AiohttpRequest) -> None:
    assert repr(Api(request_, token=TOKEN)) == "Api()"


@asynccontextmanager
async def says(*answers: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers each request with the next of these bytes; what it was asked, and where it is."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):
            for answer in answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                asked.append(head + await reader.readexactly(length))
                writer.write(answer)
                await writer.drain()
            await reader.read()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/x", asked


async def test_call_says_no_more_than_it_has_to(request_: AiohttpRequest) -> None:
    """Neither the program nor its version."""
    async with says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as (url, asked):
        assert await request_.call(url, b'{"a":1}') == (200, b"{}")
    (port,) = {url.rpartition(":")[2].partition("/")[0]}
    head = f"POST /x HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: 7"
    assert asked == [head.encode() + b'\r\n\r\n{"a":1}']


async def test_hints_before_the_answer_and_an_answer_in_pieces_are_understood(request_: AiohttpRequest) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    pieces = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    async with says(hints + pieces, pieces) as (url, asked):
        assert [await request_.call(url, b"") for _ in range(2)] == [(200, b"{}")] * 2
    assert len(asked) == 2


async def test_connection_with_more_on_it_than_the_answer_is_not_used_again(request_: AiohttpRequest) -> None:
    """What came behind one answer must not be taken for the next one's."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"
    async with says(answer + b"1" + answer + b"2") as (url, asked):
        assert await request_.call(url, b"") == (200, b"1")
        assert await request_.call(url, b"") == (200, b"1")
    assert len(asked) == 2


def certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody else vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = SystemClock().now()
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
    path = folder / "certificate.pem"
    shown = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(shown + made.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize("vouched", [False, True])
async def test_nothing_is_sent_to_a_server_whose_certificate_nobody_vouches_for(
    request_: AiohttpRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vouched: bool
) -> None:
    path = certificate(tmp_path)
    known = ssl.create_default_context(cafile=path if vouched else None)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", known)
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(path)
    async with says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", tls=own) as (url, asked):
        if vouched:
            assert await request_.call(url, b"{}") == (200, b"{}")
        else:
            with pytest.raises(NotSent):
                await request_.call(url, b"{}")
    assert len(asked) == int(vouched)
