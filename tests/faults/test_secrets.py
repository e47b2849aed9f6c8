"""Planted secrets: every byte a server writes is searched for them, in every encoding.

P-01 no answer, option code, chat id, name or code of a person, no token and no key is in database, WAL, key store, log
     or temporary file: not while the bot runs, not after it was aborted, not after it stopped
P-02 … nor in what a researcher carries away, where people have case codes and nothing else
P-03 a process that is aborted leaves no core, though the machine would write one
P-04 a log line is an action and ids: no other key, no value that could be content
P-05 the control, a server that seals nothing and logs carelessly, is caught: each secret, each place, each encoding
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import resource
import signal
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support import planted
from tests.support.secret_run import Run, live
from tests.support.secrets import ENCODINGS, Finding, Search, Secret, fingerprints

pytestmark = [pytest.mark.xdist_group("secrets"), pytest.mark.timeout(300)]

WORDS = planted.ARABIC_STORY
NUMBER = planted.LATIN
STORED = tuple(
    secret.name
    for secret in planted.FIXED
    # These a server without seals does not store either; only a careless log or temporary file has them.
    if secret
    not in (
        planted.FIRST_NAME, planted.USER_NAME, planted.IDLE_TEXT, planted.CAPTION, planted.STRANGER_TEXT,
        planted.EDITED, planted.BOT_TOKEN, planted.WRONG,
    )
)  # fmt: skip
ID = r"[0-9a-f]{16,64}"
LINE = {
    "level": r"debug|info|warning|error",
    "action": r"[a-z_]+",
    "chat": ID,
    "update": ID,
    "bundle": ID,
    "kind": r"[A-Za-z]+",
    "error": r"[A-Za-z]+",
    "logger": r"[a-z_.]+",
    "state": r"[a-z]+",
    "outcome": r"[a-z_]*",
    "reason": r"[a-z_0-9]*",
    "wave": r"first|second",
    "holder": r"Anna",
    **dict.fromkeys(("row", "rows", "number", "count", "updates", "occurrences", "chores"), r"\d+"),
    **dict.fromkeys(("records", "cases", "answers", "people", "strangers", "cuttings", "tasks"), r"\d+"),
    **dict.fromkeys(("code", "pause"), r"[\d.]+"),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    async def both() -> tuple[Run, Run]:
        folder = tmp_path_factory.mktemp("secrets")
        real, control = await asyncio.gather(
            live(folder / "real", unsealed=False), live(folder / "control", unsealed=True)
        )
        return real, control

    return asyncio.run(both())


@pytest.fixture
def real(runs: tuple[Run, Run]) -> Run:
    return runs[0]


@pytest.fixture
def control(runs: tuple[Run, Run]) -> Run:
    return runs[1]


# ---- the server ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["running", "aborted", "stopped"])
def test_server_has_written_no_secret(real: Run, moment: str) -> None:
    assert real.found[moment] == set()


def test_bundle_has_no_secret_but_case_codes(real: Run) -> None:
    tables = ("cases.csv", "occurrences.csv", "contacts.csv")
    assert real.found["bundled"] == {
        Finding(f"case code {number}", "utf-8", f"out/carried.bundle!{table}")
        for number in (1, 2, 3)
        for table in tables
    }


def test_real_server_has_stored_what_the_control_has(real: Run, control: Run) -> None:
    """The searched server did take the answers, the half enrolment, the parked update and the open session."""
    assert real.stored == control.stored
    assert real.stored == {
        "chat": 4,  # the stranger has been forgotten
        "participant": 4,
        "session": 1,
        "token": 4,
        "parked_update": 1,
        # Three consents, the Arabic speaker's two texts and answers, one text of the open session, a passed-on message.
        "record": 8,
        "link": 3,
        "erasure": 3,
    }


def test_aborted_process_leaves_no_core(real: Run, control: Run) -> None:
    assert real.ends == control.ends == {"first": -signal.SIGABRT, "second": 0}
    assert real.cores == 0
    if cores_become_files():
        assert (control.cores, control.in_core) == (1, True)


def cores_become_files() -> bool:
    """Whether an aborted process leaves its core in its folder: not where a crash helper takes it, or none may be."""
    pattern = Path("/proc/sys/kernel/core_pattern")
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    return pattern.exists() and pattern.read_text().startswith("core") and most == resource.RLIM_INFINITY


def test_log_lines_are_actions_and_ids(real: Run) -> None:
    lines = [
        json.loads(line) for log in real.out.glob("*.log") for line in log.read_text(encoding="utf-8").splitlines()
    ]
    strange = [
        (key, value)
        for line in lines
        for key, value in line.items()
        if not re.fullmatch(LINE.get(key, "$"), str(value))
    ]
    assert strange == []
    assert {"started", "stopped", "enrolled", "sent", "update_parked"} - {line["action"] for line in lines} == set()


# ---- the control -----------------------------------------------------------------------------------------------------


def test_control_finds_every_secret(control: Run) -> None:
    assert sorted({one.secret for one in control.everything}) == sorted(secret.name for secret in control.secrets)


@pytest.mark.parametrize("name", STORED)
def test_control_finds_what_is_stored_in_its_stores(control: Run, name: str) -> None:
    places = {one.place.split("-")[0] for one in control.everything if one.secret == name}
    assert "server/cora.db" in places


@pytest.mark.parametrize(
    "place",
    ["server/cora.db", "server/cora.db-wal", "server/keystore.db", "server/keystore.db-wal", "out/first.log",
     "out/second.log", "tmp/spool", "out/carried.bundle!records/"],
)  # fmt: skip
def test_control_finds_in_every_place(control: Run, place: str) -> None:
    assert place in {re.sub(r"(tmp/spool|!records/).*", r"\1", one.place) for one in control.everything}


def test_control_finds_the_undelivered_card_after_the_abort(control: Run) -> None:
    assert Finding(planted.STORY.name, "utf-8", "server/cora.db-wal") in control.found["aborted"]


# ---- the search itself -----------------------------------------------------------------------------------------------


def text_of(secret: Secret) -> str:
    return secret.texts[0] if secret.texts else str(secret.number or secret.real)


def in_sqlite(path: Path, column: str, value: object, *, encoding: str = "UTF-8") -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA encoding = '{encoding}'")
        database.execute(f"CREATE TABLE kept (kept {column})")
        database.execute("INSERT INTO kept VALUES (?)", (value,))
        database.commit()


def in_base64(shift: int, alphabet: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(alphabet(b"a" * shift + text_of(WORDS).encode() + b"bcd"))


Write = Callable[[Path], object]
PLANTS: list[tuple[str, Secret, Write]] = [
    ("utf-8", WORDS, lambda path: path.write_text(f"before {text_of(WORDS)} after", encoding="utf-8")),
    ("utf-8", WORDS, lambda path: in_sqlite(path, "TEXT", text_of(WORDS))),
    ("utf-8", NUMBER, lambda path: path.write_text(f"chat {NUMBER.number}.", encoding="utf-8")),
    ("utf-8", planted.BORN, lambda path: path.write_text("born 1987-03-14", encoding="utf-8")),
    ("utf-8", planted.AMOUNT, lambda path: path.write_text("it is 73162498.0625", encoding="utf-8")),
    ("utf-16 le", WORDS, lambda path: path.write_text(f"x{text_of(WORDS)}", encoding="utf-16-le")),
    ("utf-16 le", WORDS, lambda path: in_sqlite(path, "TEXT", text_of(WORDS), encoding="UTF-16le")),
    ("utf-16 le", NUMBER, lambda path: path.write_text(str(NUMBER.number), encoding="utf-16-le")),
    ("utf-16 be", WORDS, lambda path: path.write_text(f"x{text_of(WORDS)}", encoding="utf-16-be")),
    ("json", WORDS, lambda path: path.write_text(json.dumps({"said": f"“{text_of(WORDS)}”"}))),
    ("json", WORDS, lambda path: path.write_text(json.dumps({"inner": json.dumps([text_of(WORDS)])}))),
    ("json", WORDS, lambda path: path.write_text(json.dumps(text_of(WORDS)).upper().replace("\\U", "\\u"))),
    ("percent", WORDS, lambda path: path.write_text(urlencode({"text": text_of(WORDS)}))),
    ("percent", WORDS, lambda path: path.write_text(urlencode({"text": text_of(WORDS)}).lower())),
    *(("base64", WORDS, in_base64(shift, base64.b64encode)) for shift in range(3)),
    *(("base64", WORDS, in_base64(shift, base64.urlsafe_b64encode)) for shift in range(3)),
    ("base64", NUMBER, lambda path: path.write_bytes(base64.b64encode(struct.pack(">iq", 7, NUMBER.number)))),
    ("hex", WORDS, lambda path: path.write_text(f"X'{text_of(WORDS).encode().hex()}'")),
    ("hex", WORDS, lambda path: path.write_text(f"X'{text_of(WORDS).encode().hex().upper()}'")),
    ("hex", NUMBER, lambda path: path.write_text(f"{NUMBER.number:#x}")),
    ("binary", NUMBER, lambda path: path.write_bytes(struct.pack("<q", NUMBER.number))),
    ("binary", NUMBER, lambda path: path.write_bytes(struct.pack(">q", NUMBER.number))),
    ("binary", NUMBER, lambda path: in_sqlite(path, "INTEGER", NUMBER.number)),
    ("binary", NUMBER, lambda path: in_sqlite(path, "INTEGER PRIMARY KEY", NUMBER.number)),
    ("binary", planted.AMOUNT, lambda path: in_sqlite(path, "REAL", planted.AMOUNT.real)),
    ("binary", planted.AMOUNT, lambda path: path.write_bytes(struct.pack("<d", planted.AMOUNT.real))),
]


@pytest.mark.parametrize(
    ("encoding", "secret", "write"), PLANTS, ids=[f"{place} {plant[0]}" for place, plant in enumerate(PLANTS)]
)
def test_search_finds_planted_bytes(tmp_path: Path, encoding: str, secret: Secret, write: Write) -> None:
    folder = tmp_path / "deep" / "down"
    folder.mkdir(parents=True)
    write(folder / "file")
    assert Search(planted.FIXED).folder(tmp_path) == {Finding(secret.name, encoding, "deep/down/file")}


def test_every_encoding_is_planted() -> None:
    assert {encoding for encoding, _, _ in PLANTS} == set(ENCODINGS)


def test_search_finds_across_the_border_of_two_chunks(tmp_path: Path) -> None:
    search, said = Search([WORDS]), text_of(WORDS).encode()
    border = search.chunk
    for before in range(border - len(said), border + 1):
        (tmp_path / "file").write_bytes(bytes(before) + said + bytes(9))
        assert search.folder(tmp_path) == {Finding(WORDS.name, "utf-8", "file")}


def test_search_opens_archives_and_reads_names(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "archive", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("entry", f"{text_of(WORDS)} " * 9)
    (tmp_path / str(NUMBER.number)).touch()
    assert Search(planted.FIXED).folder(tmp_path) == {
        Finding(WORDS.name, "utf-8", "archive!entry"),
        Finding(NUMBER.name, "utf-8", f"name of {NUMBER.number}"),
    }


def test_search_passes_over_what_was_there_before_unless_it_was_changed(tmp_path: Path) -> None:
    for name in ("kept", "changed"):
        (tmp_path / name).write_text(text_of(WORDS), encoding="utf-8")
    before = fingerprints(tmp_path)
    (tmp_path / "changed").write_text(f"more {text_of(WORDS)}", encoding="utf-8")
    assert Search([WORDS]).folder(tmp_path, but=before) == {Finding(WORDS.name, "utf-8", "changed")}


def test_search_knows_a_chosen_option_from_one_a_form_offers(tmp_path: Path) -> None:
    option = planted.OPTIONS[0]
    (tmp_path / "form").write_text(f"<item><name>{text_of(option)}</name></item>")
    (tmp_path / "answer").write_text(json.dumps({"/data/told": text_of(option)}))
    assert Search([option]).folder(tmp_path) == {Finding(option.name, "utf-8", "answer")}


def test_search_finds_nothing_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 4000)
    assert Search(planted.FIXED).folder(tmp_path) == set()
