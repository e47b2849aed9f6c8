"""The real bot as a process for a simulation: ``python -m bot.simulate.worker CONFIG.json``.

The study is compiled once; then a forked process opens the house, runs the whole bot and obeys the lines on standard
input. When it is killed the next one is forked at once: it shares nothing with the dead one but the files.
A line is ``NUMBER COMMAND MILLIS``; the answer is one line of JSON that carries the number. Commands: ``move`` (it is
now MILLIS), ``tick`` (move; what is due happens and everything is sent), ``settle`` (everything is sent), ``stop``.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event

import cora_bot.store.upgrade  # noqa: F401 - a second of imports before the forks, not in each of them
from bot.app import App, Connection
from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import SetClock, from_millis, to_millis
from cora_bot.base.logging import start_logging
from cora_bot.dialogue.script import Script
from cora_bot.store.database import Database
from cora_bot.store.keystore import KeyStore
from cora_bot.usecases.due import next_moment
from cora_bot.usecases.house import House
from cora_bot.usecases.load_study import load_script
from cora_bot.vault.agefile import Recipient
from cora_bot.vault.server_keys import load_keys

LONG_POLL = 50


@dataclass(frozen=True, slots=True)
class Config:
    """Where the bot's things lie and which emulator it talks to, on this machine."""

    server: str
    server_key: str
    study: str
    token: str
    base_url: str
    log: str

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


@asynccontextmanager
async def opened(config: Config, script: Script, clock: SetClock) -> AsyncIterator[House]:
    """The house of a simulation, as a server's command opens it, but with a given script and clock."""
    home = Path(config.server)
    keys = load_keys(Path(config.server_key), passphrase=None)
    database = await Database.open(f"sqlite+aiosqlite:///{home / 'cora.db'}")
    try:
        keystore = await KeyStore.open(f"sqlite+aiosqlite:///{home / 'keystore.db'}", keys)
        try:
            await _without_waiting_for_the_disk(database, keystore.database)
            yield House(
                database=database,
                keystore=keystore,
                keys=keys,
                recipients=tuple(Recipient.parse(text) for text in script.study.recipients),
                script=script,
                clock=clock,
                chance=SystemChance(),
            )
        finally:
            await keystore.close()
    finally:
        await database.close()


async def _without_waiting_for_the_disk(*stores: Database) -> None:
    """What a process wrote outlives its kill -9, in the system's memory; only a power cut needs the disk's word."""
    for store in stores:
        event.listen(store.engine.sync_engine, "connect", _unsynchronized)
        await store.reconnect()


def _unsynchronized(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


class Obedient:
    """A running bot that does what the lines say."""

    def __init__(self, house: House, app: App, clock: SetClock) -> None:
        self._house, self._app, self._clock = house, app, clock

    async def obey(self, lines: asyncio.StreamReader) -> None:
        """Until ``stop``, or until nobody writes any more."""
        while line := await lines.readline():
            number, command, millis = line.decode().split()
            if command == "stop":
                _say({"number": int(number)})
                return
            self._clock.set(from_millis(int(millis)))
            if command == "tick":
                await self._app.tick()
            if command in ("tick", "settle"):
                await self._app.settle_all()
            _say({"number": int(number), "next": await self._next() if command == "tick" else None})

    async def _next(self) -> int | None:
        moment = await next_moment(self._house)
        return None if moment is None else to_millis(moment)


async def _live(config: Config, script: Script) -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    _say({"process": os.getpid()})
    first = (await lines.readline()).split()  # it must know what time it is before it does anything
    clock = SetClock(from_millis(int(first[2])))
    connection = Connection(token=config.token, base_url=config.base_url, rate=0, long_poll=LONG_POLL, gather=0, tick=0)
    async with opened(config, script, clock) as house, App(house, connection) as app:
        _say({"number": int(first[0])})
        await Obedient(house, app, clock).obey(lines)


def _say(answer: dict[str, int | None]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _forked(config: Config, script: Script) -> None:
    """The bot, until it is killed or told to stop; never returns."""
    code = 1
    try:
        with Path(config.log).open("a", encoding="utf-8") as log:
            start_logging(log)
            asyncio.run(_live(config, script))
            code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Forks one bot after another until one ends by itself; its exit code is this process's."""
    config = Config(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    script = load_script(Path(config.study))
    gc.collect()
    gc.freeze()
    while True:
        process = os.fork()
        if process == 0:
            _forked(config, script)
        _, status = os.waitpid(process, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
