"""RB-01 every command of every runbook runs as it stands there, in order, on a server and a laptop set up for it
RB-02 what a runbook promises holds afterwards · RB-03 no command is left out of the rehearsal
"""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import cora
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SystemClock
from cora_bot.cli.open_house import open_house
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.settings import read_settings
from cora_bot.usecases.deliver import claim
from cora_bot.usecases.exchange import DeleteMessage
from cora_bot.vault import drill
from cora_bot.vault.drill_file import save_drills
from cora_bot.vault.identity import ResearcherKey, read_key_file, write_key_file
from cora_bot.vault.record import open_record
from cora_bot.vault.server_keys import load_keys
from tests.cli.running import NO_SETTINGS
from tests.cli.server import ADDRESS, PASSPHRASE, QUICK, Server, enrol, set_up
from tests.docs.pages import DOCS, text_of
from tests.support.turns import meet

PAGE = DOCS / "runbooks.md"
CHANCE = SeededChance("runbooks")
TOKEN = "5000000001:a token of the runbooks"
ON_LAPTOP = ("keys",)
ON_SERVER = ("keys server", "keys drill")


def sections() -> dict[str, list[str]]:
    """By heading, the commands of our program that are typed there, in order."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"^## ", text_of(PAGE), flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        typed = [line.strip() for line in re.findall(r"^ {4}(.+)$", body, re.MULTILINE)]
        found[title] = [line for line in typed if line.startswith("cora ")]
    return found


SECTIONS = sections()


@dataclass
class Place:
    """A server with one person, a researchers' laptop beside it, and what the page's names stand for here."""

    folder: Path
    server: Server
    monkeypatch: pytest.MonkeyPatch
    names: dict[str, str] = field(default_factory=dict)
    said: dict[str, Result] = field(default_factory=dict)

    @property
    def key(self) -> Path:
        return Path(self.server.settings["CORA_SERVER_KEY"])

    def does(self, line: str) -> Result:
        """``line`` where it belongs, with the names that stand for something here."""
        for name, here in self.names.items():
            line = line.replace(name, here)
        words = shlex.split(line)[1:]
        on_laptop = words[0] in ON_LAPTOP and " ".join(words[:2]) not in ON_SERVER
        self.monkeypatch.chdir(self.folder / ("laptop" if on_laptop else "desk"))
        settings = {} if on_laptop else self.server.settings
        typed = "forget everything\n" if words[0] == "panic" else f"{PASSPHRASE}\n" * 3
        if words[:2] == ["keys", "sign"]:
            typed = f"{PASSPHRASE}\ny\n"
        result = CliRunner().invoke(cora, words, input=typed, env={**NO_SETTINGS, **settings})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def rehearse(self, title: str, *, between: Callable[[str], None] = lambda _: None) -> None:
        """``between`` does what people do beside the commands, told which one comes next."""
        for line in SECTIONS[title]:
            between(line)
            self.said[line] = self.does(line)
            assert self.said[line].exit_code == 0, (line, self.said[line].stderr)

    def backed_up(self) -> None:
        """A backup, whose files the page's names stand for from now on."""
        assert self.does("cora backup --to /srv/backup --recipient operator.public.txt").exit_code == 0
        for part, where in (("records", "backup"), ("keys", "backup/keys")):
            newest = max((self.folder / where).glob(f"{part}-*.age"))
            self.names[f"{part}-2026-12-01T020000Z.age"] = str(newest)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr("cora_bot.cli.check.catalog_problems", lambda *_: [])
    server = set_up(tmp_path)
    data, desk, laptop = (tmp_path / name for name in ("data", "desk", "laptop"))
    data.chmod(0o700)
    desk.mkdir()
    laptop.mkdir()
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    server.settings["CORA_TOKEN_FILE"] = str(token)
    here = Place(tmp_path, server, monkeypatch)
    here.names |= {"/srv/backup": str(tmp_path / "backup"), "--seconds 120": "--seconds 1"}
    _operator(desk)
    _laptop(here, laptop)
    (code,) = here.does("cora invite --count 1").stdout.split()
    enrol(server, code, address=ADDRESS)
    here.names["K7F-2QX"] = here.does("cora people").stdout.splitlines()[1].split()[0]
    here.names["--state opening-tests.json"] = f"--state {data / 'opening-tests.json'}"
    here.names["--study study --state"] = f"--study {server.study} --state"
    return here


def _operator(desk: Path) -> None:
    key = ResearcherKey.generate("Operator", CHANCE, created=date(2026, 11, 1))
    write_key_file(desk / "operator.key", key, PASSPHRASE, CHANCE, work=QUICK)
    (desk / "operator.public.txt").write_text(key.public().document())


def _laptop(here: Place, laptop: Path) -> None:
    """Anna's and Berat's keys, who are those of the study; the study's folder; a test; sheets of Anna's key."""
    study = laptop / "study"
    shutil.copytree(here.server.study, study)
    keys = {name: ResearcherKey.generate(name, CHANCE, created=date(2026, 11, 1)) for name in ("Anna", "Berat")}
    for name, key in keys.items():
        write_key_file(laptop / f"{name.lower()}.key", key, PASSPHRASE, CHANCE, work=QUICK)
        (laptop / f"{name.lower()}.public.txt").write_text(key.public().document())
    toml = study / "study.toml"
    toml.write_text(re.sub(r"recipients = \[.*\]", "recipients = []", toml.read_text()))
    added = here.does("cora keys add study anna.public.txt berat.public.txt")
    assert added.exit_code == 0, added.stderr
    shutil.copy2(toml, here.server.study / "study.toml")
    (laptop / "tests").mkdir()
    now = SystemClock().now()
    sealed, _ = drill.make_drill(keys["Anna"].identity.recipient, CHANCE, study="returnee_follow_up", at=now)
    (laptop / "tests" / "opening-test.age").write_bytes(sealed)
    assert here.does("cora keys split anna.key --to sheets").exit_code == 0


def people(here: Place) -> int:
    """How many ``cora people`` lists."""
    return len(here.does("cora people").stdout.splitlines()) - 1


def test_before(place: Place) -> None:
    _drilled(place)
    place.backed_up()
    place.rehearse(TITLES["before"])
    assert "It fits" in place.said[SECTIONS[TITLES["before"]][1]].stdout


def _drilled(place: Place) -> None:
    """Both have opened their tests, as 'cora keys drill' asks."""
    laptop, state = place.folder / "laptop", drill.DrillState("returnee_follow_up")
    for name in ("anna", "berat"):
        key = read_key_file(laptop / f"{name}.key", PASSPHRASE)
        now, recipient = SystemClock().now(), key.identity.recipient
        sealed, proof = drill.make_drill(recipient, CHANCE, study="returnee_follow_up", at=now)
        phrase = drill.answer_drill(sealed, key.identity)
        state = drill.confirm(state.having(proof), recipient.fingerprint(), phrase, now)
    save_drills(place.folder / "data" / "opening-tests.json", state)


def test_door(place: Place) -> None:
    place.rehearse(TITLES["door"])
    assert (place.key.exists(), len(list((place.folder / "data").glob("last-bundle-*.age")))) == (False, 1)
    assert place.does("cora people").exit_code == 1


def test_server(place: Place) -> None:
    place.backed_up()
    first = load_keys(place.key).id
    shutil.rmtree(place.folder / "data")
    (place.folder / "data").mkdir(mode=0o700)
    place.rehearse(TITLES["server"])
    assert (people(place), load_keys(place.key).id == first) == (1, False)
    assert (place.folder / "desk" / "november.bundle").exists()


def test_phone(place: Place) -> None:
    place.rehearse(TITLES["phone"])

    async def looked() -> tuple[object, list[object]]:
        async with open_house(read_settings(place.server.settings)) as house:
            stranger = (await meet(house, ADDRESS)).participant
            return stranger, [each.call for each in await claim(house)]

    stranger, calls = asyncio.run(looked())
    assert (stranger, [type(each) for each in calls]) == (None, [DeleteMessage])
    assert people(place) == 1  # who takes part still
    assert place.said[SECTIONS[TITLES["phone"]][-1]].stdout.strip() != ""


def test_laptop(place: Place) -> None:
    signed = place.does("cora keys sign study --key anna.key")
    assert signed.exit_code == 0, signed.stderr
    december = place.folder / "laptop" / "december.bundle"
    assert place.does(f"cora bundle --to {december} --holder Anna").exit_code == 0
    listed = place.does("cora bundles").stdout
    found = re.search(r"^([0-9a-f]{8})", listed, re.MULTILINE)
    assert found is not None
    place.names["2f6c01d9"] = found[1]
    place.rehearse(TITLES["laptop"])
    toml = (place.folder / "laptop" / "study" / "study.toml").read_text()
    old, new = (read_key_file(place.folder / "laptop" / f"{name}.key", PASSPHRASE) for name in ("anna", "anna-new"))
    assert [key.identity.recipient.encode() in toml for key in (old, new)] == [False, True]
    assert found[1] not in place.does("cora bundles").stdout
    anna = [new.identity]
    with open_bundle(place.folder / "laptop" / "december-for-all.bundle") as bundle:
        heads = [
            open_record(bundle.sealed(one), anna, study="returnee_follow_up", case=None, record=one)[0]
            for one in bundle.records
        ]
    assert [head.form for head in heads] == ["consent"]


def test_token(place: Place) -> None:
    def between(line: str) -> None:
        if line.endswith("--over"):
            assert place.does("cora invite --count 1").exit_code == 3
            Path(place.server.settings["CORA_TOKEN_FILE"]).write_text("5000000001:another token")

    place.rehearse(TITLES["token"], between=between)
    assert (place.key.exists(), place.does("cora invite --count 1").exit_code) == (True, 0)


def test_passphrase(place: Place) -> None:
    def between(line: str) -> None:
        if line.startswith("cora backup"):
            shutil.copy2(place.folder / "laptop" / "operator-new.public.txt", place.folder / "desk")

    place.rehearse(TITLES["passphrase"], between=between)
    laptop = place.folder / "laptop"
    before, after = (read_key_file(laptop / f"{name}.key", PASSPHRASE) for name in ("anna", "restored"))
    assert before.identity == after.identity
    assert len(list((place.folder / "backup").glob("records-*.age"))) == 1


def test_key_file(place: Place) -> None:
    envelope = place.folder / "envelope"
    shutil.copy2(place.key, envelope)
    place.key.unlink()
    assert place.does("cora people").exit_code == 1
    shutil.copy2(envelope, place.key)
    (place.folder / "new").mkdir(mode=0o700)

    def between(line: str) -> None:
        if line.startswith("cora invite"):
            place.server.settings["CORA_HOME"] = str(place.folder / "new")
            place.server.settings["CORA_SERVER_KEY"] = str(place.folder / "desk" / "new-server.key")

    place.rehearse(TITLES["key file"], between=between)
    assert place.said[SECTIONS[TITLES["key file"]][1]].stdout.count("\n") == 2
    assert len(place.said[SECTIONS[TITLES["key file"]][-1]].stdout.split()) == 20


TITLES = {
    "before": "Before: what makes the others work",
    "door": "Somebody is at the door",
    "server": "The server was seized",
    "phone": "A participant's phone was seized or stolen",
    "laptop": "A researcher's laptop is lost or stolen",
    "token": "The bot's token leaked",
    "passphrase": "A passphrase is lost",
    "key file": "The server's key file is lost",
}


def test_every_runbook_with_commands_is_rehearsed() -> None:
    assert sorted(TITLES.values()) == sorted(title for title, lines in SECTIONS.items() if lines)
    assert sum(map(len, SECTIONS.values())) > 25
