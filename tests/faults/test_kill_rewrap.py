"""F-40 sealing anew is killed again and again, wherever it happens to be, and in the end nothing is lost or doubled."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from cora_bot.base.chance import SeededChance, below
from cora_bot.vault.record import open_record
from tests.bench.rewrap import ANNA, CARLA, STUDY, make

COUNT = 600
KILLS = 4
ROOT = Path(__file__).parents[2]


def _started(folder: Path) -> subprocess.Popen[str]:
    script = [sys.executable, "-m", "tests.bench.rewrap", "rewrapped", str(folder), str(COUNT)]
    return subprocess.Popen(script, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _killed_once_it_grew(folder: Path, chance: SeededChance) -> bool:
    """Whether it was killed in the middle; False when it came to its end before."""
    part = folder / "new.bundle.part"
    before = part.stat().st_size if part.exists() else 0
    more = 20_000 + below(chance, 300_000)
    running = _started(folder)
    while running.poll() is None and (part.stat().st_size if part.exists() else 0) < before + more:
        time.sleep(0.002)
    running.kill()
    running.communicate()
    return not (folder / "new.bundle").exists()


@pytest.mark.timeout(300)
def test_killed_again_and_again_it_still_ends_with_every_record_once(tmp_path: Path) -> None:
    chance = SeededChance("kills of sealing anew")
    make(tmp_path / "old.bundle", COUNT)
    original = (tmp_path / "old.bundle").read_bytes()
    assert [_killed_once_it_grew(tmp_path, chance) for _ in range(KILLS)] == [True] * KILLS
    last = _started(tmp_path)
    _, said = last.communicate()
    assert (last.returncode, (tmp_path / "new.bundle.part").exists()) == (0, False), said
    assert (tmp_path / "old.bundle").read_bytes() == original
    with zipfile.ZipFile(tmp_path / "new.bundle") as bundle:
        assert bundle.testzip() is None
        records = [name for name in bundle.namelist() if name.startswith("records/")]
        assert records == [f"records/{number:032x}.age" for number in range(COUNT)]
        for name in records:
            record = Path(name).stem
            found = [
                open_record(bundle.read(name), [one], study=STUDY, case=None, record=record) for one in (ANNA, CARLA)
            ]
            assert (found[0], found[0][0].record) == (found[1], record)
