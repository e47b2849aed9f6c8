"""Runs ``cora`` commands one after another, each in a process of its own: ``python -m tests.support.secret_server``.

What is slow (imports) is done once; each order, a line of JSON on standard input, forks a process that becomes the
server: its own environment, folder, standard streams, and leave to dump core. Its id and then its exit code are
printed. With the argument ``unsealed`` it is the control (``unsealed.py``).
"""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict, dataclass

import bot.cli
import cora_bot.store.upgrade  # noqa: F401 - what every command would import anew, a second each
from cora_bot.cli import open_house
from tests.support.unsealed import speak, unseal


@dataclass(frozen=True, slots=True)
class Order:
    """One command. ``out`` and ``err`` are files to be appended to; ``readable``: its user may read its memory."""

    command: tuple[str, ...]
    environment: dict[str, str]
    folder: str
    out: str
    err: str
    readable: bool = False

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def become(order: Order) -> None:
    """This process is the server now. Never returns."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.environment)
    for stream, path in ((0, os.devnull), (1, order.out), (2, order.err)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    if order.readable:
        bot.cli.no_core_dumps = open_house.no_core_dumps = lambda: None  # type: ignore[attr-defined]
    sys.argv = ["cora", *order.command]
    bot.cli.main()


def main() -> None:
    if "unsealed" in sys.argv:
        unseal()
        speak()
    print("ready", flush=True)
    while line := os.read(0, 1 << 16):
        process = os.fork()
        if process == 0:
            become(Order(**json.loads(line)))
        print(process, flush=True)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
