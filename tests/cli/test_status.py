"""CL-46 ``cora status``: how the server stands, as a table and as CSV."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cora_bot.base.clock import SetClock
from cora_bot.base.pulse import Loop, Pulse
from tests.cli.running import cora
from tests.cli.server import enrol, set_up


def test_status_is_a_table(tmp_path: Path) -> None:
    server = set_up(tmp_path)
    code = cora("invite", "--count", "1", settings=server.settings).out.split()[0]
    enrol(server, code)
    pulse = Pulse(Path(server.settings["CORA_HOME"]) / "pulse.json", SetClock(datetime.now(UTC)))
    pulse.beat(Loop.RECEIVE)
    said = cora("status", settings=server.settings)
    rows = dict(line.split("  ", 1) for line in said.out.splitlines())
    found = {name: value.strip() for name, value in rows.items()}
    assert said.code == 0
    assert (found["parked"], found["uncertain"], found["replies waiting"]) == ("0 (ever: 0)", "0", "0")
    assert "due never (too long), deliver never (too long)" in found["process all"]
    assert int(found["disk free (MB)"]) > 0


def test_status_as_csv(tmp_path: Path) -> None:
    said = cora("status", "--csv", settings=set_up(tmp_path).settings)
    assert (said.code, said.out.splitlines()[0], "parked,0 (ever: 0)" in said.out) == (0, "what,now", True)
