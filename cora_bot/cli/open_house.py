"""Settings become an open House, or a sentence that says why not. Everything a server's command needs passes here.

A study with real people opens only when at least two can open its answers and each has opened a test, and, once it is
signed, only as it was signed; a demo study talks to this machine alone; the server's key never lies beside what it
protects.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from cora_bot.base.chance import SystemChance
from cora_bot.base.clock import Clock, SystemClock, TravelClock
from cora_bot.base.errors import CoraError
from cora_bot.base.hardening import no_core_dumps
from cora_bot.cli.server_key_file import KeyFile, key_file
from cora_bot.settings import Settings, read_settings
from cora_bot.store.database import Database
from cora_bot.store.keystore import KeyStore
from cora_bot.study.model import Study
from cora_bot.usecases.belonging import in_use
from cora_bot.usecases.halting import check_not_halted
from cora_bot.usecases.house import House
from cora_bot.usecases.load_study import load_script
from cora_bot.usecases.signatures import check_signed
from cora_bot.vault import private_files
from cora_bot.vault.agefile import Recipient
from cora_bot.vault.drill import readiness
from cora_bot.vault.drill_file import load_drills
from cora_bot.vault.kept_file import read_kept, write_kept
from cora_bot.vault.working import WorkingKeys


@asynccontextmanager
async def open_house(
    settings: Settings, *, contacting: bool = True, serving: bool = False, file: KeyFile | None = None
) -> AsyncIterator[House]:
    """The house of ``settings``, closed again at the end of the block.

    ``contacting``: the command lets people in or writes to them, so the study must be ready for that. Reading what is
    there already (bundle, people) must stay possible while a newly named researcher has not opened a test yet.
    ``serving``: this is the bot (``Database.open``). ``file``: the server's key file, by whoever has asked for its
    passphrase already. Raises ``CoraError``.
    """
    no_core_dumps()  # from here on this process holds the server's keys
    keys = file.load() if file else server_keys(settings)
    kept = read_kept(settings.kept, keys)
    script = load_script(settings.study, kept=kept)
    check_place(settings, script.study)
    if contacting:
        check_ready(settings, script.study)
        check_signed(settings.study, script.study, kept)
    clock, chance = open_clock(settings), SystemChance()
    write_kept(settings.kept, kept, keys, chance)
    database = await Database.open(settings.database, serving=serving)
    try:
        if contacting:
            await check_not_halted(database)
        keys = await in_use(database, keys)
        keystore = await KeyStore.open(settings.keystore, keys, serving=serving)
        try:
            yield House(
                database=database,
                keystore=keystore,
                keys=keys,
                recipients=tuple(Recipient.parse(text) for text in script.study.recipients),
                script=script,
                clock=clock,
                chance=chance,
            )
        finally:
            await keystore.close()
    finally:
        await database.close()


def server_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process."""
    return read_settings(os.environ if environment is None else environment)


def check_place(settings: Settings, study: Study) -> None:
    """Refuses a demo that could reach real people, time travel outside one, and a missing data folder."""
    if study.demo and not settings.loopback:
        raise CoraError(
            "this study is marked as a demo, and CORA_API is not on this machine",
            "Set CORA_API to the emulator's address, or take demo = true out of study.toml for real people.",
        )
    if settings.clock_file and not settings.loopback:
        raise CoraError(
            "CORA_CLOCK_FILE moves time, and CORA_API is not on this machine",
            "Time travel is for demonstrations: unset CORA_CLOCK_FILE.",
        )
    if not settings.home.is_dir():
        raise CoraError(f"there is no folder {settings.home}", "Make it (mkdir -m 700), or set CORA_HOME.")
    if settings.half_restored.exists():
        raise CoraError("the last restore was cut short, and the stores do not fit", "Run the same cora restore again.")


def check_ready(settings: Settings, study: Study) -> None:
    """Refuses a study whose answers could be lost: too few who can open, or one who never proved it."""
    if study.demo and study.recipients:
        return
    tests = load_drills(settings.opening_tests, study=study.id)
    problems = readiness(study.recipients, tests, study=study.id, shares=study.shares)
    if problems:
        raise CoraError(
            "the study is not ready for participants: " + "; ".join(one.message for one in problems),
            "Opening tests: cora keys drill --study … --state " + str(settings.opening_tests),
        )


def open_clock(settings: Settings) -> Clock:
    return TravelClock(settings.clock_file) if settings.clock_file else SystemClock()


def server_keys(settings: Settings) -> WorkingKeys:
    """The server's keys, from a file that lies apart from what they protect. Raises ``CoraError``."""
    return key_file(settings).load()


def bot_token(settings: Settings) -> str:
    """The bot's token, from the file where one is named. Raises ``CoraError``, which never repeats it."""
    token = settings.token
    if settings.token_file:
        token = private_files.read_private(settings.token_file).decode("utf-8", "replace").strip()
    if not token:
        raise CoraError("there is no bot token", "Put the token from BotFather into a file and set CORA_TOKEN_FILE.")
    return token
