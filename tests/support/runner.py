"""The real bot as a process that can be killed again and again: ``python -m tests.support.runner CONFIG.json``.

Everything slow (imports, compiling the forms) is done once; then each line on standard input forks a process that
opens the house and runs the bot, the whole of it or the ``Share`` the line says, and its process id is printed. The
forked process is what gets killed: it shares nothing with the next one but the files.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.app import App, Connection, Role
from bot.receive.webhook_at import WebhookAt
from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import TravelClock
from cora_bot.base.logging import start_logging
from cora_bot.base.values import replace
from cora_bot.usecases.forms import register_forms
from tests.support.house import opened, premises, script_of

SMALL_BATCH = 3
"""Updates of a full fetch, so that of a small crowd some are taken in before they are handled."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a run needs to know. ``seed`` makes the keys, the same in every process; ids are drawn anew."""

    folder: str
    clock_file: str
    seed: str
    token: str
    base_url: str
    database: str = ""
    keystore: str = ""

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Share:
    """What of the work a process does; ``url`` and ``port`` where Telegram posts to it. As it stands: all, polling."""

    role: str = "all"
    url: str = ""
    port: int = 0
    secret: str = "secret"

    def connected(self, config: Config) -> Connection:
        at = WebhookAt(self.url, "127.0.0.1", self.port, self.secret) if self.url else None
        return Connection(
            token=config.token,
            base_url=config.base_url,
            rate=0,
            long_poll=2,
            batch=SMALL_BATCH,
            webhook=at,
            role=Role(self.role),
        )


async def run(config: Config, share: Share) -> None:
    place = premises(Path(config.folder), TravelClock(Path(config.clock_file)), seed=config.seed)
    place = replace(place, chance=SystemChance(), database=config.database, keystore=config.keystore)
    async with opened(place, serving=True) as house:
        await register_forms(house)
        await App(house, share.connected(config)).run()


def _forked(config: Config, share: Share) -> None:
    """The bot, until it is killed or told to stop; never returns."""
    code = 1
    try:
        with Path(config.folder, "bot.log").open("a", encoding="utf-8") as log:
            start_logging(log)
            try:
                asyncio.run(run(config, share))
                code = 0
            except BaseException:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
                raise
    finally:
        os._exit(code)


def main() -> None:
    config = Config(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    script_of(premises(Path(config.folder), TravelClock(Path(config.clock_file)), seed=config.seed).study)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the dead
    print("ready", flush=True)
    for line in sys.stdin:
        share = Share() if line == "go\n" else Share(**json.loads(line))
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _forked(config, share)
        print(process, flush=True)


if __name__ == "__main__":
    main()
