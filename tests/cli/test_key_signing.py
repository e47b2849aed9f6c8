"""``cora keys sign``: a study that was signed starts only as it was signed; export and re-sealing look too.

K-30 an unsigned change stops run and invite until one approves who was named before; check says what changed
K-31 a demo study, and one that was never signed, run as before; check warns of the latter
K-32 export tells a set that was signed for from one that was not, and remembers
K-33 nothing is sealed anew for people who were not signed for
"""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance
from cora_bot.base.clock import SystemClock
from cora_bot.cli.open_house import open_house
from cora_bot.settings import read_settings
from cora_bot.usecases.bundle import write_bundle
from cora_bot.vault.drill import DrillState, answer_drill, confirm, make_drill
from cora_bot.vault.drill_file import save_drills
from cora_bot.vault.identity import ResearcherKey, write_key_file
from cora_bot.vault.server_keys import save_keys
from cora_bot.vault.working import WorkingKeys
from tests.cli.running import Said, cora
from tests.cli.server import Server, enrol

CHANCE = SeededChance("signing")
STUDY = Path(__file__).parents[2] / "surveys" / "returnee_follow_up"
PHRASE = "long enough passphrase"
NAMES = ("anna", "behar", "carla")
KEYS = {name: ResearcherKey.generate(name, CHANCE, created=date(2026, 3, 1)) for name in NAMES}


@dataclass(frozen=True)
class Place:
    """A study with anna and behar named by their public files, and a server that runs it."""

    folder: Path

    @property
    def study(self) -> Path:
        return self.folder / "study"

    @property
    def server(self) -> Server:
        settings = {
            "CORA_HOME": str(self.folder / "data"),
            "CORA_STUDY": str(self.study),
            "CORA_API": "http://127.0.0.1:1",
            "CORA_SERVER_KEY": str(self.folder / "server.key"),
        }
        return Server(settings, self.study, self.folder / "anna.key", self.folder / "phrase")

    def add(self, *names: str) -> None:
        said = cora("keys", "add", self.study, *(self.folder / f"{name}.public.txt" for name in names))
        assert said.code == 0, said
        self.drill(*names)

    def drill(self, *names: str) -> None:
        state = DrillState("returnee_follow_up")
        for name in NAMES:
            key = KEYS[name]
            sealed, proof = make_drill(key.identity.recipient, CHANCE, study=state.study, at=SystemClock().now())
            phrase = answer_drill(sealed, key.identity)
            state = confirm(state.having(proof), proof.fingerprint, phrase, SystemClock().now())
        save_drills(self.folder / "data" / "opening-tests.json", state)

    def sign(self, name: str, typed: str = "y\n") -> Said:
        return cora(
            "keys",
            "sign",
            self.study,
            "--key",
            self.folder / f"{name}.key",
            "--passphrase-file",
            self.folder / "phrase",
            typed=typed,
        )

    def edit(self, old: str, new: str, name: str = "study.toml") -> None:
        path = self.study / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def invite(self) -> Said:
        return cora("invite", "--count", 1, settings=self.server.settings)

    def check(self) -> list[str]:
        said = cora("check", self.study)
        return [line.strip() for line in said.err.splitlines() if "signatures.json" in line]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    shutil.copytree(STUDY, made.study, ignore=shutil.ignore_patterns("chats"))
    (tmp_path / "data").mkdir()
    (tmp_path / "phrase").write_text(PHRASE)
    save_keys(tmp_path / "server.key", WorkingKeys.generate(CHANCE), CHANCE, passphrase=None)
    for name, key in KEYS.items():
        write_key_file(tmp_path / f"{name}.key", key, PHRASE, CHANCE, work=4)
        (tmp_path / f"{name}.public.txt").write_text(key.public().document())
    made.add("anna", "behar")
    return made


def _fingerprint(name: str) -> str:
    return KEYS[name].public().recipient.fingerprint()


def test_a_study_that_was_never_signed_runs_and_is_warned_of(place: Place) -> None:
    assert place.invite().code == 0
    [warning] = place.check()
    assert warning.startswith("warning: signatures.json: nobody has signed this study")


def test_a_signed_study_runs_and_any_change_stops_it_until_it_is_signed(place: Place) -> None:
    assert place.sign("anna").code == 0
    assert (place.invite().code, place.check()) == (0, [])
    place.edit("default_hour = 10", "default_hour = 11")
    stopped = place.invite()
    assert (stopped.code, stopped.out) == (1, "")
    assert "the study is not the one that was signed: study.toml has changed" in stopped.err
    assert place.check() == ["error: signatures.json: not as it was signed: study.toml has changed"]
    said = place.sign("behar")
    assert said.code == 0, said
    assert "study.toml has changed" in said.err
    assert (place.invite().code, place.check()) == (0, [])


def test_run_refuses_as_well(place: Place) -> None:
    place.sign("anna")
    place.edit("default_hour = 10", "default_hour = 11")

    async def opened() -> None:
        async with open_house(read_settings(place.server.settings)):
            raise AssertionError("the bot must not start")

    with pytest.raises(Exception, match="not the one that was signed"):
        asyncio.run(opened())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# The study as data", "# The study, as data"),
        ('version = "2026.1"', 'version   =   "2026.1" # the same'),
    ],
)
def test_comments_and_spaces_do_not_count(place: Place, old: str, new: str) -> None:
    place.sign("anna")
    place.edit(old, new)
    assert (place.invite().code, place.check()) == (0, [])


def test_a_changed_form_counts_also_where_only_its_logic_changed(place: Place) -> None:
    place.sign("anna")
    form = next(path for path in (place.study / "forms").glob("*.md") if "| yes |" in path.read_text())
    lines = form.read_text().splitlines()
    row = next(number for number, line in enumerate(lines) if "| integer |" in line or "| select_one " in line)
    lines[row] = lines[row].replace("| select_one ", "| select_multiple ", 1).replace("| integer |", "| decimal |", 1)
    form.write_text("\n".join(lines))
    assert place.check() == [f"error: signatures.json: not as it was signed: form {form.stem} has changed"]
    form.unlink()
    assert f"form {form.stem} is gone" in " ".join(place.check()) or place.invite().code == 1


def test_a_new_person_is_approved_by_one_who_was_named_before(place: Place) -> None:
    place.sign("anna")
    place.add("carla")
    stopped = place.invite()
    assert f"{_fingerprint('carla')} can open now" in stopped.err
    alone = place.sign("carla")
    assert (alone.code, "may not approve this" in alone.err) == (1, True)
    assert place.invite().code == 1
    assert place.sign("behar").code == 0
    assert place.invite().code == 0
    assert place.sign("carla").code == 0
    statements = json.loads((place.study / "signatures.json").read_text())["statements"]
    assert [sorted(each["signatures"]) for each in statements] == [
        [_fingerprint("anna")],
        sorted([_fingerprint("behar"), _fingerprint("carla")]),
    ]
    assert place.invite().code == 0


def test_signing_shows_whom_it_names_and_asks(place: Place) -> None:
    before = sorted(path.name for path in place.study.iterdir())
    said = place.sign("anna", typed="n\n")
    assert said.code == 1
    for name in ("anna", "behar"):
        assert f"{_fingerprint(name)}   signs as {KEYS[name].public().signs_as()}" in said.err
    assert sorted(path.name for path in place.study.iterdir()) == before
    place.sign("anna")
    again = place.sign("anna")
    assert (again.code, "already" in again.out) == (0, True)


def test_a_strangers_or_unnamed_key_signs_nothing(place: Place) -> None:
    said = place.sign("carla")
    assert (said.code, (place.study / "signatures.json").exists()) == (1, False)
    place.sign("anna")
    held = (place.study / "signatures.json").read_bytes()
    assert (place.sign("carla").code, (place.study / "signatures.json").read_bytes() == held) == (1, True)


def test_a_broken_signature_stops_everything(place: Place) -> None:
    place.sign("anna")
    text = (place.study / "signatures.json").read_text()
    signature = json.loads(text)["statements"][0]["signatures"][_fingerprint("anna")]
    turned = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    (place.study / "signatures.json").write_text(text.replace(signature, turned))
    assert "does not hold" in place.invite().err
    assert "does not hold" in " ".join(place.check())
    assert place.sign("anna").code == 1


def test_a_demo_study_need_not_be_signed(place: Place) -> None:
    place.edit("demo = false", "demo = true")
    assert place.check() == []
    place.sign("anna")
    place.edit("default_hour = 10", "default_hour = 11")
    assert (place.invite().code, place.check()) == (0, [])


def _bundle(place: Place, name: str) -> Path:
    async def write() -> None:
        async with open_house(read_settings(place.server.settings), contacting=False) as house:
            await write_bundle(house, place.folder / name, holder="test")

    asyncio.run(write())
    return place.folder / name


def _export(place: Place, who: str, *bundles: Path, to: str = "out") -> Said:
    return cora(
        "export",
        *bundles,
        "--key",
        place.folder / f"{who}.key",
        "--passphrase-file",
        place.folder / "phrase",
        "--to",
        place.folder / to,
    )


def _enrolled(place: Place, address: int = 4711) -> None:
    enrol(place.server, place.invite().out.split()[0], address=address)


def test_export_tells_what_was_signed_from_what_was_not(place: Place) -> None:
    _enrolled(place)
    unsigned = _export(place, "anna", _bundle(place, "one.bundle"))
    assert (unsigned.code, "nobody signed who can open; compare" in unsigned.out) == (0, True)
    place.sign("anna")
    signed = _export(place, "anna", _bundle(place, "two.bundle"))
    assert signed.code == 0, signed
    assert "statement 1, which follows from one that was signed with a key given here" in signed.out
    other = _export(place, "behar", place.folder / "two.bundle", to="behar")
    assert (other.code, "none with a key given here" in other.out) == (0, True)


def test_export_names_a_set_that_was_not_signed_for(place: Place) -> None:
    _enrolled(place)
    place.sign("anna")
    _export(place, "anna", _bundle(place, "one.bundle"))
    place.add("carla")
    changed = _export(place, "anna", _bundle(place, "two.bundle"))
    assert changed.code == 1
    assert f"DIFFERENCE: the bundle's records are for others than was signed: {_fingerprint('carla')}" in changed.out
    assert "DIFFERENCE: the bundle's study is not as it was signed: who can open has changed" in changed.out


def test_export_remembers_that_a_study_was_signed(place: Place) -> None:
    """Whoever takes the signatures away, or begins a chain of their own, is found by whoever exported before."""
    _enrolled(place)
    place.sign("anna")
    _export(place, "anna", _bundle(place, "one.bundle"))
    (place.study / "signatures.json").unlink()
    gone = _export(place, "anna", _bundle(place, "two.bundle"))
    assert (gone.code, "an earlier export saw this study signed" in gone.out) == (1, True)
    place.edit("default_hour = 10", "default_hour = 11")
    place.sign("behar")
    other = _export(place, "anna", _bundle(place, "three.bundle"))
    assert (other.code, "do not follow from statement 1" in other.out) == (1, True)


def _rewrap(place: Place, source: Path, who: str = "anna", *more: object, typed: str = "") -> Said:
    return cora(
        "keys",
        "rewrap",
        source,
        "--key",
        place.folder / f"{who}.key",
        "--passphrase-file",
        place.folder / "phrase",
        "--to",
        place.folder / "new.bundle",
        *more,
        typed=typed,
    )


def test_from_a_new_colleague_to_her_first_export(place: Place) -> None:
    """Records sealed before Carla was named: sealed anew by Anna, exported by Carla beside the newest bundle."""
    _enrolled(place)
    place.sign("anna")
    place.add("carla")
    assert place.sign("behar").code == 0
    _enrolled(place, 4712)
    newest = _bundle(place, "newest.bundle")
    without = _export(place, "carla", newest)
    assert (without.code, without.out.count("NOT OPENED: record")) == (1, 1)
    said = _rewrap(place, newest)
    assert said.code == 0, said
    assert "This follows from what was signed with your key." in said.err
    assert "opened and re-sealed         2" in said.out
    both = _export(place, "carla", newest, place.folder / "new.bundle")
    assert both.code == 0, both
    alone = _export(place, "carla", place.folder / "new.bundle", to="alone")
    assert alone.code == 0, alone


def test_unsigned_people_are_asked_about_and_no_means_no(place: Place) -> None:
    _enrolled(place)
    source = _bundle(place, "one.bundle")
    refused = _rewrap(place, source, typed="n\n")
    assert (refused.code, (place.folder / "new.bundle").exists()) == (1, False)
    assert _fingerprint("behar") in refused.err
    assert _rewrap(place, source, typed="y\n").code == 0


def test_people_who_were_not_signed_for_get_nothing(place: Place) -> None:
    _enrolled(place)
    place.sign("anna")
    place.add("carla")
    refused = _rewrap(place, _bundle(place, "one.bundle"), typed="y\n")
    assert (refused.code, (place.folder / "new.bundle").exists()) == (1, False)
    assert "not those who were signed for; nothing was sealed anew" in refused.err


def test_an_old_bundle_is_sealed_anew_for_a_study_as_it_is_now(place: Place) -> None:
    """The server is gone: its last bundle, and the study's folder on the researcher's computer."""
    _enrolled(place)
    place.sign("anna")
    last = _bundle(place, "last.bundle")
    place.add("carla")
    place.sign("anna")
    assert _rewrap(place, last, "anna", "--study", place.study).code == 0
    said = _export(place, "carla", place.folder / "new.bundle")
    assert said.code == 0, said


def test_a_folder_of_bundles(place: Place) -> None:
    _enrolled(place)
    place.sign("anna")
    (place.folder / "old").mkdir()
    for name in ("one.bundle", "two.bundle"):
        _bundle(place, name).rename(place.folder / "old" / name)
    said = cora(
        "keys",
        "rewrap",
        place.folder / "old",
        "--key",
        place.folder / "anna.key",
        "--passphrase-file",
        place.folder / "phrase",
        "--to",
        place.folder / "fresh",
    )
    assert said.code == 0, said
    assert sorted(path.name for path in (place.folder / "fresh").iterdir()) == ["one.bundle", "two.bundle"]
    assert sorted(path.name for path in (place.folder / "old").iterdir()) == ["one.bundle", "two.bundle"]
