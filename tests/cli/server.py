"""A server's folder as an operator sets it up (demo study, emulator's address), and a person who enrols there."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SystemClock
from cora_bot.cli.open_house import open_house
from cora_bot.dialogue.inputs import Input, Pressed, Start, Text
from cora_bot.settings import read_settings
from cora_bot.usecases.deliver import claim
from cora_bot.usecases.exchange import Arrived, EditMessage, Sending, SendMessage, Sent
from cora_bot.usecases.forms import register_forms
from cora_bot.usecases.house import House
from cora_bot.usecases.receive import receive
from cora_bot.usecases.settling import settle
from cora_bot.vault.identity import ResearcherKey, write_key_file
from cora_bot.vault.server_keys import save_keys
from cora_bot.vault.working import WorkingKeys

STUDY = Path(__file__).parents[2] / "surveys" / "returnee_follow_up"
PASSPHRASE = "seven quiet rivers run"
CHANCE = SeededChance("a server of the tests")
ADDRESS = 4711
QUICK = 10  # scrypt's work for tests


@dataclass(frozen=True)
class Server:
    """``settings`` are its environment; ``key`` is the key file of one who can open, ``passphrase`` its passphrase."""

    settings: dict[str, str]
    study: Path
    key: Path
    passphrase: Path


def set_up(folder: Path, *, demo: bool = True) -> Server:
    """Two researchers' keys, a study that names them, a data folder and a server key beside it."""
    keys = [ResearcherKey.generate(name, CHANCE, created=date(2026, 11, 1)) for name in ("Anna", "Berat")]
    key = folder / "anna.key"
    write_key_file(key, keys[0], PASSPHRASE, CHANCE, work=QUICK)
    passphrase = folder / "passphrase.txt"
    passphrase.write_text(PASSPHRASE)
    study = folder / "study"
    shutil.copytree(STUDY, study)
    toml = study / "study.toml"
    named = ", ".join(f'"{one.identity.recipient.encode()}"' for one in keys)
    text = toml.read_text().replace("recipients = []", f"recipients = [{named}]")
    toml.write_text(text.replace("demo = false", f"demo = {str(demo).lower()}"))
    (folder / "data").mkdir()
    save_keys(folder / "server.key", WorkingKeys.generate(CHANCE), CHANCE, passphrase=None)
    settings = {
        "CORA_HOME": str(folder / "data"),
        "CORA_STUDY": str(study),
        "CORA_API": "http://127.0.0.1:1",
        "CORA_SERVER_KEY": str(folder / "server.key"),
    }
    return Server(settings, study, key, passphrase)


def stand_at(server: Server, now: datetime) -> None:
    """From here on it is ``now`` on this server, whatever the time of day outside: nobody is written to at night."""
    clock = Path(server.settings["CORA_HOME"]).parent / "clock"
    clock.write_text(str((now - SystemClock().now()).total_seconds()))
    server.settings["CORA_CLOCK_FILE"] = str(clock)


def enrol(server: Server, code: str, *, address: int = ADDRESS) -> None:
    """One person enrols with ``code``, in English, and presses what a willing person presses."""
    asyncio.run(_enrol(server, code, address))


WANTED = ("English", "I read it myself", "Yes, I am already there", "Albania", "Yes", "9:00, morning", "Continue")


async def _enrol(server: Server, code: str, address: int) -> None:
    async with open_house(read_settings(server.settings)) as house:
        await register_forms(house)
        person = _Person(house, address)
        await person.does(Start(code, 1))
        for _ in range(20):
            if "receipt" in person.text:
                return
            await person.goes_on()
        raise AssertionError(f"the enrolment did not end: {person.text}")


class _Person:
    """Somebody at a phone: sees the last card, presses its buttons."""

    def __init__(self, house: House, address: int) -> None:
        self._house = house
        self._address = address
        self._step = 1
        self.text = ""

    async def does(self, event: Input) -> None:
        self._step += 1
        await receive(self._house, [Arrived(f"{self._address}, step {self._step}", self._address, event)])
        while sendings := await claim(self._house):
            for sending in sendings:
                await settle(self._house, [(sending, Sent(self._seen(sending)))])

    def _seen(self, sending: Sending) -> int:
        """The id of the message a call made or changed."""
        match sending.call:
            case SendMessage(prompt):
                self._message = 1000 + sending.id
            case EditMessage(message, prompt):
                self._message = message
            case _:
                return 0
        self._prompt, self.text = prompt, prompt.text
        return self._message

    async def goes_on(self) -> None:
        labels = {button.label: button for row in self._prompt.rows for button in row}
        wanted = next((label for label in WANTED if label in labels), None)
        if wanted is None:
            await self.does(Text("2026-11-01", 2000 + self._step))
        else:
            await self.does(Pressed(labels[wanted].press, self._message))
