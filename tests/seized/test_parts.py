"""SZ-01 the memory of a child is read whole: what it holds is found, what it does not is not
SZ-02 what deviates from what is expected is said, in both directions, and ends with exit code 1
SZ-03 a disk with its key file gives what lies under the working keys, and no answer of a record
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cora_bot.base.clock import SetClock
from cora_bot.dialogue.turn import Turn
from cora_bot.vault.server_keys import save_keys
from tests.seized.__main__ import Seized, report
from tests.seized.expected import MOMENTS, WAYS, Expect, fits, rows
from tests.seized.memory import pieces
from tests.seized.opening import opened
from tests.support import planted
from tests.support.house import opened as opened_house
from tests.support.house import premises
from tests.support.secrets import code, word
from tests.support.stores import BEGIN
from tests.support.turns import joined, meet, record, session, write

CODES = (code("case code 1", "K7F-2QX"), code("enrolment code 1", "ACDE-FGHJ-KMNP"), word("working key", "x" * 9))
SECRETS = [*planted.FIXED, *CODES]
HOLDS = """
import sys
kept = "".join(["Überfall", "planted", "story"])
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read by Linux's means")
def test_memory_of_a_child_is_found_out() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        memory = b"".join(pieces(child.pid))
        child.kill()
    assert (
        "Überfallplantedstory".encode() in memory
        or "Überfallplantedstory".encode("utf-16-le") in memory
        or ("Überfallplantedstory".encode("latin-1") in memory)
    )
    assert os.urandom(16) not in memory


@pytest.mark.parametrize(
    ("expected", "found", "good"),
    [
        (Expect.NO, set(), True), (Expect.NO, {"a"}, False), (Expect.YES, {"a"}, False), (Expect.YES, {"a", "b"}, True),
        (Expect.MAY, set(), True), (Expect.MAY, {"a"}, True), (Expect.NO, {"other"}, True),
    ],
)  # fmt: skip
def test_fits(expected: Expect, found: set[str], good: bool) -> None:
    assert fits(expected, ("a", "b"), found) is good


def as_expected() -> Seized:
    """What a server gives away that is exactly as threats.md says."""
    seized = Seized(read=dict.fromkeys(MOMENTS, 0), opened=dict.fromkeys(MOMENTS, 0))
    for moment in MOMENTS:
        for place, way in enumerate(WAYS):
            named = [row.secrets for row in rows(SECRETS) if getattr(row, moment)[place] is Expect.YES]
            seized.found[moment, way] = {name for names in named for name in names}
    return seized


def test_report_of_what_is_as_expected(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(as_expected(), SECRETS) == []
    assert capsys.readouterr().out.count("\n") == len(MOMENTS) * (len(rows(SECRETS)) + 3)


def test_report_of_what_is_not() -> None:
    seized = as_expected()
    seized.found["middle", "disk"].add(planted.STORY.name)
    seized.found["later", "memory"].discard(planted.BOT_TOKEN.name)
    assert report(seized, SECRETS) == [
        "free text of an open form, its card waiting at first, disk, middle: expected no, "
        f"found ['{planted.STORY.name}']",
        "the bot's token (its file lies apart), memory, later: expected yes, found []",
    ]


async def test_disk_and_key_open_what_lies_under_the_keys_alone(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    place = premises(tmp_path / "server", SetClock(BEGIN))
    save_keys(tmp_path / "server.key", place.keys, place.chance, passphrase=None)
    async with opened_house(place) as house:
        before = await joined(house, 4711)
        kept = session(house.chance)
        turn = Turn(before, records=(record(house.chance, kept, "a finished answer"),))
        await write(house, before, turn)
        found = await meet(house, 4711)
        assert found.participant is not None
        values = await opened(tmp_path / "server", tmp_path / "server.key", tmp_path / "copy")
    everything = b"\n".join(values)
    wanted = (b"4711", found.participant.code.encode(), b"a finished answer")
    assert [one in everything for one in wanted] == [True, True, False]
    assert any(value.startswith(b"age-encryption.org/v1") for value in values)
    assert not (tmp_path / "copy").exists()
