"""PU-01 a loop that goes round no more is found out · PU-02 a sign of life that cannot be written stops nothing."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cora_bot.base.clock import SetClock
from cora_bot.base.pulse import SILENT_AFTER, Loop, Pulse, read_pulse, silent

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_beats_are_read_by_another_process(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    pulse = Pulse(tmp_path / "pulse.json", clock)
    for loop in Loop:
        pulse.beat(loop)
    beats = read_pulse(tmp_path / "pulse.json")
    assert beats == dict.fromkeys(("receive", "due", "deliver"), NOON)
    assert silent(beats, NOON + SILENT_AFTER) == []
    assert silent(beats, NOON + SILENT_AFTER + timedelta(seconds=1)) == list(Loop)


def test_loop_that_falls_silent_is_named(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    pulse = Pulse(tmp_path / "pulse.json", clock)
    for loop in Loop:
        pulse.beat(loop)
    for _ in range(30):
        clock.move(timedelta(seconds=5))
        pulse.beat(Loop.DUE)
        pulse.beat(Loop.DELIVER)
    assert silent(read_pulse(tmp_path / "pulse.json"), clock.now()) == [Loop.RECEIVE]


def test_frequent_beats_are_written_seldom_and_never_a_loop_starved(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    pulse = Pulse(tmp_path / "pulse.json", clock)
    pulse.beat(Loop.DELIVER)
    clock.move(timedelta(seconds=1))
    pulse.beat(Loop.DELIVER)
    pulse.beat(Loop.RECEIVE)  # its first is written although another was a moment ago
    beats = read_pulse(tmp_path / "pulse.json")
    assert beats == {"deliver": NOON + timedelta(seconds=1), "receive": NOON + timedelta(seconds=1)}
    clock.move(timedelta(seconds=3))
    pulse.beat(Loop.RECEIVE)
    assert read_pulse(tmp_path / "pulse.json") == beats


def test_beat_from_the_future_is_no_sign_of_life(tmp_path: Path) -> None:
    beats = dict.fromkeys(Loop, NOON)
    assert silent(beats, NOON - SILENT_AFTER - timedelta(seconds=1)) == list(Loop)


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"due": "x"}', '{"due": null}', "7"])
def test_damaged_pulse_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "pulse.json").write_text(content)
    assert read_pulse(tmp_path / "pulse.json") == {}


def test_pulse_is_its_owners_alone_and_gone_at_the_end(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path / "pulse.json", SetClock(NOON))
    pulse.beat(Loop.DUE)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"pulse.json": 0o600}
    pulse.end()
    pulse.end()
    assert list(tmp_path.iterdir()) == []


def test_pulse_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path / "gone" / "pulse.json", SetClock(NOON))
    pulse.beat(Loop.DUE)
    assert read_pulse(tmp_path / "gone" / "pulse.json") == {}
