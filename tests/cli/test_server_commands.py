"""CL-30 From invite over people and bundle on the server to export on the researcher's computer, with real sealing.
CL-31 A study with people opens only when two can open and have proved it; a demo talks to this machine alone.
CL-32 The server's key never lies in the data folder; nothing secret is printed.
"""

from __future__ import annotations

import csv
import io
import re
import stat
from pathlib import Path

import pytest

from cora_bot.base.clock import SystemClock
from cora_bot.base.errors import CoraError
from cora_bot.cli.open_house import bot_token
from cora_bot.settings import read_settings
from cora_bot.study.reader import read_study
from cora_bot.vault.agefile import Recipient
from cora_bot.vault.drill import DrillState, answer_drill, confirm, make_drill
from cora_bot.vault.drill_file import save_drills
from cora_bot.vault.identity import read_key_file
from tests.cli.running import cora
from tests.cli.server import CHANCE, PASSPHRASE, Server, enrol, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


def test_invite_makes_codes_that_are_shown_once(server: Server) -> None:
    said = cora("invite", "--count", 3, settings=server.settings)
    assert (said.code, said.err) == (0, "")
    codes = said.out.splitlines()
    assert len(set(codes)) == 3
    assert [code for code in codes if not re.fullmatch(r"([2-9A-Z]{4}-){2}[2-9A-Z]{4}", code)] == []


def test_invite_makes_links_where_the_bot_is_named(server: Server) -> None:
    said = cora("invite", "--count", 1, settings=server.settings | {"CORA_BOT": "@quiet_bot"})
    code, link = said.out.strip().split("\t")
    assert link == f"https://t.me/quiet_bot?start={code}"


def test_answers_travel_from_invite_to_export(server: Server, tmp_path: Path) -> None:
    code = cora("invite", "--count", 1, settings=server.settings).out.strip()
    enrol(server, code)

    listed = cora("people", "--csv", settings=server.settings)
    (person,) = csv.DictReader(io.StringIO(listed.out))
    assert (person["language"], person["zone"], person["status"]) == ("en", "Europe/Tirane", "active")
    table = cora("people", settings=server.settings).out.splitlines()
    assert [line.split()[0] for line in table] == ["code", person["code"]]

    bundle = tmp_path / "november.bundle"
    written = cora("bundle", "--to", bundle, "--holder", "Anna", settings=server.settings)
    assert (written.code, written.out.splitlines()[1]) == (0, "1 sealed records of 1 people; 0 erased")
    assert stat.S_IMODE(bundle.stat().st_mode) == 0o600

    out = tmp_path / "export"
    said = cora("export", bundle, "--key", server.key, "--to", out, "--passphrase-file", server.passphrase)
    assert (said.code, said.out.splitlines()[:6]) == (
        0,
        [
            "sealed in the bundle         1",
            "found in the file            1",
            "opened                       1",
            "exported                     1",
            "waiting                      0   (of forms still open when the bundle was made)",
            "left out                     0   (of persons erased since)",
        ],
    )
    text = (out / "answers_long.csv").read_bytes().decode("utf-8-sig")
    answers = {
        row["question"]: row["value"] for row in csv.DictReader(io.StringIO(text)) if row["case"] == person["code"]
    }
    ledger = (out / "consents.csv").read_bytes().decode("utf-8-sig")
    (consent,) = csv.DictReader(io.StringIO(ledger))
    assert (consent["case"], consent["language"], consent["taken"]) == (person["code"], "en", "read")
    assert (answers["agree"], answers["country"], answers["return_date"]) == ("yes", "AL", "2026-11-01")


def test_retention_says_what_would_go_and_leaves_it(server: Server) -> None:
    said = cora("retention", "--dry-run", settings=server.settings)
    assert (said.code, [line.split(" would be ")[0] for line in said.out.splitlines()]) == (
        0,
        ["contacts: 0", "records: 0"],
    )


def test_sever_needs_a_day_and_the_code(server: Server) -> None:
    said = cora("sever", settings=server.settings)
    prepared = cora("sever", "--prepare", settings=server.settings)
    code = prepared.out.splitlines()[1].rpartition(" ")[2]
    early = cora("sever", "--approve", code, settings=server.settings)
    both = cora("sever", "--prepare", "--approve", code, settings=server.settings)
    cancelled = cora("sever", "--cancel", settings=server.settings)
    late = cora("sever", "--approve", code, settings=server.settings)

    assert (said.code, said.out.startswith("would be done: ")) == (0, True)
    assert (prepared.code, len(code)) == (0, 14)
    assert (early.code, "not a day old" in early.err) == (1, True)
    assert both.code == 2
    assert (cancelled.code, late.code, "nothing was prepared" in late.err) == (0, 1, True)


def test_copies_are_listed_until_they_are_noted_as_gone(server: Server, tmp_path: Path) -> None:
    bundle = tmp_path / "listed.bundle"
    written = cora("bundle", "--to", bundle, "--holder", "Anna", "--expires", "30", settings=server.settings)
    name = written.out.split()[2][:8]
    listed = cora("bundles", settings=server.settings)
    noted = cora("bundles", "--gone", name, settings=server.settings)
    after = cora("bundles", settings=server.settings)
    with_gone = cora("bundles", "--all", settings=server.settings)
    unknown = cora("bundles", "--gone", "0" * 40, settings=server.settings)

    assert (listed.code, listed.out.count(name), listed.out.splitlines()[0].split()[:2]) == (0, 1, ["bundle", "holder"])
    assert (noted.code, noted.out) == (0, f"{name}, carried by Anna: noted as deleted\n")
    assert (after.out.count(name), with_gone.out.count(name)) == (0, 1)
    assert (unknown.code, "was handed out" in unknown.err) == (1, True)


@pytest.mark.parametrize("wrong", [("--expires", "0"), ("--expires", "soon"), ("--expires", "367")])
def test_bundle_without_a_sensible_end_is_refused(wrong: tuple[str, str], server: Server, tmp_path: Path) -> None:
    said = cora("bundle", "--to", tmp_path / "x", "--holder", "Anna", *wrong, settings=server.settings)
    assert (said.code, (tmp_path / "x").exists()) == (2, False)


def test_bundle_without_a_holder_is_refused(server: Server, tmp_path: Path) -> None:
    said = cora("bundle", "--to", tmp_path / "x", "--holder", " ", settings=server.settings)
    assert (said.code, (tmp_path / "x").exists()) == (1, False)


def test_bundle_is_not_written_over_another(server: Server, tmp_path: Path) -> None:
    taken = tmp_path / "taken.bundle"
    taken.write_text("mine")
    said = cora("bundle", "--to", taken, "--holder", "Anna", settings=server.settings)
    assert (said.code, said.err) == (
        1,
        f"Error: {taken} exists already and is not overwritten\n    Choose another name.\n",
    )
    assert taken.read_text() == "mine"


def test_export_with_a_wrong_passphrase_writes_nothing(server: Server, tmp_path: Path) -> None:
    bundle = tmp_path / "b.bundle"
    cora("bundle", "--to", bundle, "--holder", "Anna", settings=server.settings)
    said = cora("export", bundle, "--key", server.key, "--to", tmp_path / "out", typed="not the passphrase\n")
    assert said.code == 1
    assert "could not be opened" in said.err
    assert not (tmp_path / "out").exists()


def test_export_asks_for_the_passphrase_unseen(server: Server, tmp_path: Path) -> None:
    bundle = tmp_path / "b.bundle"
    cora("bundle", "--to", bundle, "--holder", "Anna", settings=server.settings)
    said = cora("export", bundle, "--key", server.key, "--to", tmp_path / "out", typed=f"{PASSPHRASE}\n")
    assert said.code == 0
    assert PASSPHRASE not in said.out + said.err


def test_export_takes_a_path_with_dots_and_refuses_a_link(server: Server, tmp_path: Path) -> None:
    bundle = tmp_path / "b.bundle"
    cora("bundle", "--to", bundle, "--holder", "Anna", settings=server.settings)
    asked = ("export", bundle, "--key", server.key, "--passphrase-file", server.passphrase, "--to")
    assert cora(*asked, f"{tmp_path}/data/../out/.").code == 0
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "out")
    said = cora(*asked, link)
    assert (said.code, said.err.splitlines()[-2]) == (1, f"Error: {link} is not a folder")


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip file at all"])
def test_export_of_something_else_is_one_sentence(server: Server, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.bundle"
    path.write_bytes(content)
    said = cora("export", path, "--key", server.key, "--to", tmp_path / "out", "--passphrase-file", server.passphrase)
    assert (said.code, said.err.splitlines()[-2]) == (1, "Error: b.bundle is not a bundle, or it was cut short")
    assert not (tmp_path / "out").exists()


def refused(server: Server, **settings: str) -> str:
    said = cora("invite", "--count", 1, settings=server.settings | settings)
    assert (said.code, said.out) == (1, "")
    return said.err.splitlines()[0].removeprefix("Error: ")


def test_a_demo_never_talks_to_the_real_telegram(server: Server) -> None:
    why = "this study is marked as a demo, and CORA_API is not on this machine"
    assert refused(server, CORA_API="https://api.telegram.org") == why
    assert refused(server, CORA_API="") == why


def test_time_travel_is_refused_where_people_could_be_reached(tmp_path: Path) -> None:
    server = ready(tmp_path)
    why = refused(server, CORA_API="https://api.telegram.org", CORA_CLOCK_FILE=str(tmp_path / "clock"))
    assert why == "CORA_CLOCK_FILE moves time, and CORA_API is not on this machine"


def test_the_servers_key_may_not_lie_in_the_data_folder(server: Server, tmp_path: Path) -> None:
    inside = tmp_path / "data" / "keys" / "server.key"
    inside.parent.mkdir()
    inside.write_bytes((tmp_path / "server.key").read_bytes())
    inside.chmod(0o600)
    link = tmp_path / "link.key"
    link.symlink_to(inside)
    for path in (inside, link):
        why = refused(server, CORA_SERVER_KEY=str(path))
        assert why == f"the server's key file lies in the data folder {tmp_path / 'data'}"


def test_a_server_key_others_can_read_is_refused(server: Server, tmp_path: Path) -> None:
    (tmp_path / "server.key").chmod(0o644)
    assert refused(server) == f"{tmp_path / 'server.key'} can be read by others on this machine"


def test_missing_settings_are_named(server: Server, tmp_path: Path) -> None:
    assert refused(server, CORA_SERVER_KEY="") == "CORA_SERVER_KEY is not set"
    assert refused(server, CORA_HOME=str(tmp_path / "none")) == f"there is no folder {tmp_path / 'none'}"
    assert refused(server, CORA_STUDY=str(tmp_path / "none")).startswith(
        f"the study in {tmp_path / 'none'} has 1 error"
    )


def ready(folder: Path, *, opened: int = 2) -> Server:
    """A study for real people of which ``opened`` researchers have opened their test."""
    server = set_up(folder, demo=False)
    study, _ = read_study((server.study / "study.toml").read_text(), file="study.toml")
    assert study is not None
    state = DrillState(study.id)
    now = SystemClock().now()
    key = read_key_file(server.key, PASSPHRASE)
    for recipient in [Recipient.parse(text) for text in study.recipients][:opened]:
        sealed, proof = make_drill(recipient, CHANCE, study=study.id, at=now)
        state = state.having(proof)
        if recipient == key.identity.recipient:
            phrase = answer_drill(sealed, key.identity)
            state = confirm(state, recipient.fingerprint(), phrase, now)
    save_drills(folder / "data" / "opening-tests.json", state)
    return server


def test_a_study_with_people_waits_until_everyone_named_has_opened_a_test(tmp_path: Path) -> None:
    server = ready(tmp_path, opened=1)
    study, _ = read_study((server.study / "study.toml").read_text(), file="study.toml")
    assert study is not None
    berat = Recipient.parse(study.recipients[1]).fingerprint()
    why = refused(server, CORA_API="https://api.telegram.org")
    assert why == f"the study is not ready for participants: {berat} has not opened a test yet"


def test_a_bundle_can_be_made_while_a_new_researcher_has_not_opened_a_test(tmp_path: Path) -> None:
    server = ready(tmp_path, opened=1)
    said = cora("bundle", "--to", tmp_path / "b.bundle", "--holder", "Anna", settings=server.settings)
    assert said.code == 0


def test_bot_token_comes_from_the_file_before_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("123:FROM-FILE\n")
    file.chmod(0o600)
    both = {"CORA_TOKEN": "123:FROM-ENVIRONMENT", "CORA_TOKEN_FILE": str(file)}
    assert bot_token(read_settings(both)) == "123:FROM-FILE"
    assert bot_token(read_settings({"CORA_TOKEN": "123:FROM-ENVIRONMENT"})) == "123:FROM-ENVIRONMENT"


def test_bot_token_is_refused_when_missing_or_readable_by_others(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("123:SECRET\n")
    file.chmod(0o644)
    for settings, message in (
        ({"CORA_TOKEN_FILE": str(file)}, f"{file} can be read by others on this machine"),
        ({}, "there is no bot token"),
    ):
        with pytest.raises(CoraError) as error:
            bot_token(read_settings(settings))
        assert str(error.value) == message
