"""A small web server inside the bot's process: a port, an application, an orderly end. It logs nothing of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from cora_bot.base.errors import CoraError

STOP_GRACE = 8  # seconds requests under way may still take


class _Server(uvicorn.Server):
    """Signals are the bot's, not the web server's."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Served:
    """``port`` 0 takes a free one; the real one is known after ``start``."""

    def __init__(self, app: Starlette, *, host: str, port: int) -> None:
        self._host, self.port = host, port
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                http="h11",
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=STOP_GRACE,
            )
        )
        self._task: asyncio.Task[None] | None = None
        self._socket: socket.socket | None = None

    async def start(self) -> None:
        """Raises CoraError where it cannot listen."""
        self._socket = self._listen()
        self.port = self._socket.getsockname()[1]
        self._task = asyncio.create_task(self._server.serve([self._socket]), name="serve")
        await self._server.listening.wait()

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((self._host, self.port))
        except OSError as error:
            listening.close()
            raise CoraError(
                f"cannot listen on {self._host}, port {self.port}: {error.strerror}",
                "Does another process listen there? Take another port in the settings.",
            ) from None
        return listening

    async def stop(self) -> None:
        """What is under way is answered first."""
        if self._task is None:
            return
        self._server.should_exit = True
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        if self._socket is not None:
            self._socket.close()
