"""CL-40 ``cora health`` says whether the running bot works, and fails when it does not.
CL-41 one process at a time works on a data folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cora_bot.base.clock import SetClock
from cora_bot.base.errors import CoraError
from cora_bot.base.pulse import Loop, Pulse
from cora_bot.cli.alone import alone
from tests.cli.running import cora


def beat(home: Path, *loops: Loop, ago: timedelta = timedelta()) -> None:
    pulse = Pulse(home / "pulse.json", SetClock(datetime.now(UTC) - ago))
    for loop in loops:
        pulse.beat(loop)


def test_health_of_a_working_bot(tmp_path: Path) -> None:
    beat(tmp_path, *Loop, ago=timedelta(seconds=40))
    said = cora("health", settings={"CORA_HOME": str(tmp_path)})
    assert (said.code, said.out.count("s ago"), "too long" in said.out) == (0, 3, False)


@pytest.mark.parametrize(
    ("loops", "ago", "told"),
    [
        ((), timedelta(), "the bot is not running here\n"),
        ((Loop.DUE, Loop.DELIVER), timedelta(), "receive never (too long), due 0 s ago, deliver 0 s ago\n"),
        (tuple(Loop), timedelta(minutes=-9), "receive in the future (too long), "),
    ],
)
def test_health_fails_and_says_why(tmp_path: Path, loops: tuple[Loop, ...], ago: timedelta, told: str) -> None:
    beat(tmp_path, *loops, ago=ago)
    said = cora("health", settings={"CORA_HOME": str(tmp_path)})
    assert (said.code, said.out[: len(told)]) == (1, told)


def test_health_fails_when_the_loops_stand_still(tmp_path: Path) -> None:
    beat(tmp_path, *Loop, ago=timedelta(minutes=3))
    said = cora("health", settings={"CORA_HOME": str(tmp_path)})
    assert (said.code, said.out.count("(too long)")) == (1, 3)


def test_health_says_that_another_process_polls(tmp_path: Path) -> None:
    beat(tmp_path, *Loop)
    pulse = Pulse(tmp_path / "pulse.json", SetClock(datetime.now(UTC)))
    pulse.beat(Loop.DUE)
    pulse.beat(Loop.DELIVER)
    pulse.conflict()
    said = cora("health", settings={"CORA_HOME": str(tmp_path)})
    assert (said.code, "another process polls with this bot's token (seen " in said.out) == (1, True)


HOLD = "import sys; from pathlib import Path; from cora_bot.cli.alone import alone\n" \
    "with alone(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"  # fmt: skip


def test_folder_is_one_process_s_until_it_ends_however_it_ends(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(CoraError, match="another process works on"), alone(tmp_path):
        pass
    os.kill(holder.pid, 9)
    holder.communicate()
    with alone(tmp_path):
        pass
