"""CL-60 ``cora upgrade`` leaves a store in order alone, and never works under a running bot."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cora_bot.cli.alone import alone
from tests.cli.running import cora
from tests.cli.server import Server, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


def test_upgrade_where_nothing_is_yet(server: Server) -> None:
    said = cora("upgrade", settings=server.settings)
    assert (said.code, said.out) == (0, "There is no store yet; the first start makes it.\n")


def test_upgrade_of_a_store_in_order_only_reads(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    said = cora("upgrade", settings=server.settings)
    told = "schema 0001, nothing to change: 0 people, every profile and open form can be read\n"
    assert (said.code, said.out) == (0, told)
    assert not (tmp_path / "data" / "before-upgrade").exists()


def test_upgrade_under_a_running_bot_is_refused(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    with alone(tmp_path / "data"):
        said = cora("upgrade", settings=server.settings)
    assert (said.code, said.err.splitlines()) == (
        1,
        [
            f"Error: another process works on {tmp_path / 'data'}: the bot, or an upgrade",
            "    Stop it first: systemctl stop cora",
        ],
    )


def test_upgrade_of_a_newer_store_is_refused(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    with sqlite3.connect(tmp_path / "data" / "cora.db") as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    said = cora("upgrade", settings=server.settings)
    assert (said.code, said.err.splitlines()[0]) == (
        1,
        "Error: the store has schema 9999, which this program does not know",
    )


def test_upgrade_with_a_study_that_would_not_start_is_refused(server: Server) -> None:
    (server.study / "forms" / "check_in.md").write_text("nothing")
    said = cora("upgrade", settings=server.settings)
    assert (said.code, "the study in" in said.err) == (1, True)


def test_upgrade_deletes_old_copies(server: Server, tmp_path: Path) -> None:
    cora("invite", "--count", 1, settings=server.settings)
    old = tmp_path / "data" / "before-upgrade" / "2020-01-01T000000Z"
    old.mkdir(parents=True)
    (old / "keystore.db").write_text("keys")
    said = cora("upgrade", settings=server.settings)
    assert (said.code, old.exists(), f"{old} is deleted" in said.out) == (0, False, True)
