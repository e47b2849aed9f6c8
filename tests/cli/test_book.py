"""CL-80 ``cora book`` writes one document and says what makes its texts the approved ones; nothing is overwritten.
CL-81 Once approved, a changed text stops enrolment and is named: in the book, by the check, by invite, in the chat.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import App, Connection
from bot.pilot.limits import Limits
from bot.pilot.person import Person
from bot.pilot.server import Emulator
from bot.pilot.world import World
from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SetClock
from cora_bot.base.values import replace
from cora_bot.dialogue import phrases as p
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.load_study import load_script
from tests.cli.running import cora
from tests.cli.server import Server, set_up
from tests.support.house import opened, premises

ASKED = "Do you want to take part?"
CHANGED = "Do you really want to take part?"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


def approve(server: Server, folder: Path) -> None:
    """As a team does once its board has agreed: what the command printed goes to the end of study.toml."""
    said = cora("book", server.study, "--to", folder / "for-the-board.html")
    (_, _, lines) = said.out.partition("write at the end of study.toml:\n\n")
    toml = server.study / "study.toml"
    toml.write_text(f"{toml.read_text(encoding='utf-8')}\n{lines}", encoding="utf-8")


def test_sounds_are_in_the_document_as_far_as_there_is_room(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    form = server.study / "forms" / "consent.md"
    text = form.read_text(encoding="utf-8")
    lines = text.splitlines()
    head = next(at for at, line in enumerate(lines) if line.startswith("| | type"))
    width = lines[head].count("|")
    lines[head] += " media::audio::English (en) |"
    first = next(at for at in range(head + 1, len(lines)) if ASKED in lines[at])
    assert lines[first].count("|") == width
    lines[first] += " take_part.mp3 |"
    form.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (server.study / "media").mkdir(exist_ok=True)
    (server.study / "media" / "take_part.mp3").write_bytes(b"Do you want")

    folder = server.study.parent
    assert cora("book", server.study, "--to", folder / "one.html").code == 0
    monkeypatch.setattr("cora_bot.cli.book.MOST_BYTES", 5)
    assert cora("book", server.study, "--to", folder / "two.html").code == 0

    whole, short = ((folder / name).read_text("utf-8") for name in ("one.html", "two.html"))
    assert [each.count("data:audio/mpeg") for each in (whole, short)] == [1, 0]
    assert [each.count("take_part.mp3") for each in (whole, short)] == [1, 1]


def change_a_text(server: Server) -> None:
    form = server.study / "forms" / "consent.md"
    text = form.read_text(encoding="utf-8")
    assert ASKED in text
    form.write_text(text.replace(ASKED, CHANGED), encoding="utf-8")


def approval_of(server: Server) -> str:
    """What the check shows of the texts."""
    said = cora("check", server.study)
    return next(line for line in said.out.splitlines() if line.startswith("  texts ")).partition(": ")[2]


def wrong_approval(server: Server) -> list[str]:
    said = cora("check", server.study)
    return [line for line in said.err.splitlines() if line.startswith("error: ") and "approval" in line]


@pytest.mark.parametrize(("language", "title"), [("en", "After the approval"), ("de", "Nach dem Votum")])
def test_book_is_written_in_the_language_asked_for(server: Server, tmp_path: Path, language: str, title: str) -> None:
    path = tmp_path / "board.html"
    said = cora("book", server.study, "--to", path, "--lang", language, "--returned", "2027-01-15")

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == f"{path}: Staying in touch, 5 forms, 5 languages"
    assert (title in path.read_text(encoding="utf-8"), "15" in path.read_text(encoding="utf-8")) == (True, True)
    assert "[approval]" in said.out.splitlines()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("taken.html", "taken.html exists already and is not overwritten\n    Choose another name.\n"),
        ("board.pdf", "board.pdf does not end in .html\n    Print it from a browser, there also as PDF.\n"),
        ("none/board.html", "Make it first, or choose another place.\n"),
    ],
)
def test_nothing_is_overwritten_or_guessed(server: Server, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "taken.html").write_text("mine")
    before = sorted(tmp_path.iterdir())
    said = cora("book", server.study, "--to", tmp_path / name)

    assert (said.code, said.out, said.err.endswith(message)) == (1, "", True)
    assert ((tmp_path / "taken.html").read_text(), sorted(tmp_path.iterdir())) == ("mine", before)


def test_study_with_errors_is_named_and_nothing_written(server: Server, tmp_path: Path) -> None:
    (server.study / "forms" / "consent.md").unlink()
    said = cora("book", server.study, "--to", tmp_path / "b.html")

    assert (said.code, (tmp_path / "b.html").exists()) == (1, False)
    assert said.err.startswith(f"Error: the study in {server.study} has ")


@pytest.mark.parametrize(
    "options",
    [(), ("--to",), ("--to", "b.html", "--lang", "fr"), ("--to", "b.html", "--returned", "15.1.2027")],
)
def test_typed_wrongly(server: Server, options: tuple[str, ...]) -> None:
    assert cora("book", server.study, *options).code == 2


def test_no_folder_is_a_slip_of_typing(tmp_path: Path) -> None:
    assert cora("book", tmp_path / "none", "--to", tmp_path / "b.html").code == 2


def test_approved_texts_stay_approved_until_one_changes(server: Server, tmp_path: Path) -> None:
    before = approval_of(server)
    approve(server, tmp_path)
    approved, wrong = approval_of(server), wrong_approval(server)
    again = cora("book", server.study, "--to", tmp_path / "again.html")
    change_a_text(server)
    later = cora("book", server.study, "--to", tmp_path / "later.html")

    assert before == "not approved by anybody yet"
    assert (approved.partition(" on ")[0], wrong) == ("approved by the board, and the number of its vote", [])
    assert again.out.splitlines()[-1] == "The texts are those that were approved."
    assert approval_of(server).endswith("and changed since: nobody can be enrolled")
    assert wrong_approval(server) == ["error: study.toml: approval: changed since it was approved: the form consent"]
    assert "changed since it was approved: the form consent" in later.out.splitlines()
    assert "nobody can be enrolled: the form consent." in (tmp_path / "later.html").read_text(encoding="utf-8")


def test_comments_and_times_may_change_after_the_approval(server: Server, tmp_path: Path) -> None:
    approve(server, tmp_path)
    toml = server.study / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('window = "P14D"', 'window = "P15D" # a day more'))

    assert wrong_approval(server) == []


def test_invite_refuses_changed_texts_and_says_which(server: Server, tmp_path: Path) -> None:
    approve(server, tmp_path)
    fine = cora("invite", "--count", 1, settings=server.settings)
    change_a_text(server)
    refused = cora("invite", "--count", 1, settings=server.settings)

    assert (fine.code, refused.code, refused.out) == (0, 1, "")
    assert refused.err.splitlines()[0] == (
        "Error: the texts people see are not those that were approved: the form consent"
    )


async def test_code_waits_until_the_approved_texts_are_back(server: Server, tmp_path: Path) -> None:
    """The bot over the emulator: a good code is not used up while the texts are others, and lets in afterwards."""
    approve(server, tmp_path)
    approved = load_script(server.study)
    change_a_text(server)
    changed = load_script(server.study)
    clock = SetClock(datetime(2026, 12, 1, 9, tzinfo=UTC))
    world = World(clock=clock, chance=SeededChance("approval"), throttled=False, limits=Limits(enabled=False))
    async with Emulator(world=world) as emulator, opened(premises(tmp_path, clock)) as house:
        person = world.person("Person", language_code="de")
        (code,) = await make_tokens(replace(house, script=approved), 1, expires_days=7)
        told = await said_to(person, code, emulator, replace(house, script=changed))
        languages = await said_to(person, code, emulator, replace(house, script=approved))

    assert told == (changed.phrases.say(p.CODE_NOT_NOW, "de"), [])
    assert languages == ("🌐", [language.name for language in approved.study.languages])


async def said_to(person: Person, code: str, emulator: Emulator, house: House) -> tuple[str, list[str]]:
    """What the bot shows, running with this house, to somebody who brings ``code``: text and buttons."""
    connection = Connection(token=emulator.token, base_url=emulator.base_url, rate=0, per_chat=0, long_poll=1)
    async with App(house, connection) as app, asyncio.timeout(20):
        person.type(f"/start {code}")
        while emulator.world.pending():
            await asyncio.sleep(0.005)
        await app.settle_all()
        person.look()
        card = [bubble for bubble in person.screen if not bubble.mine][-1]
        return card.text, list(card.labels)
