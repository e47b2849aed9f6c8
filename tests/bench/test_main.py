"""B-01 ``make bench`` finds every measurement of the folder; B-02 one that does not exist is said, and nothing runs."""

from __future__ import annotations

from pytest import CaptureFixture

from tests.bench.__main__ import main, modules


def test_every_measurement_can_be_run() -> None:
    assert {"forms", "vault"} <= set(modules()) and all(callable(each.bench) for each in modules().values())


def test_measurement_that_does_not_exist_is_said(capsys: CaptureFixture[str]) -> None:
    assert (main(["nothing"]), capsys.readouterr().out) == (2, "")
