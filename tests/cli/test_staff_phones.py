"""SP-06 The team's phones at the terminal of the server: a code shown once, a list without addresses, a way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.running import cora
from tests.cli.server import Server, set_up


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return set_up(tmp_path)


def test_add_shows_a_code_and_a_link_where_the_bot_is_named(server: Server) -> None:
    bare = cora("staff", "add", "Anna Weber", "--duty", settings=server.settings)
    named = cora("staff", "add", "Ben", "--language", "de", settings=server.settings | {"CORA_BOT": "@quiet_bot"})
    code, link = named.out.strip().split("\t")

    assert (bare.code, re.fullmatch(r"([2-9A-Z]{4}-){2}[2-9A-Z]{4}\n", bare.out) is not None) == (0, True)
    assert link == f"https://t.me/quiet_bot?start={code}"


def test_list_shows_who_is_on_duty_and_not_linked_yet(server: Server) -> None:
    cora("staff", "add", "Anna", "--duty", settings=server.settings)
    cora("staff", "add", "Ben", "--language", "de", settings=server.settings)
    said = cora("staff", "list", "--csv", settings=server.settings)

    assert said.out.splitlines() == [
        "name,language,duty,phone,linked",
        "Anna,en,yes,not linked yet,",
        "Ben,de,,not linked yet,",
    ]


def test_remove_takes_somebody_out_once(server: Server) -> None:
    cora("staff", "add", "Anna", settings=server.settings)
    gone = cora("staff", "remove", "Anna", settings=server.settings)
    again = cora("staff", "remove", "Anna", settings=server.settings)

    assert (gone.code, gone.out) == (0, "Anna: gets no notices any more\n")
    assert (again.code, again.err.splitlines()[0]) == (1, "Error: nobody of the team is called Anna")


def test_add_with_a_language_nobody_speaks_here_is_refused(server: Server) -> None:
    said = cora("staff", "add", "Anna", "--language", "fr", settings=server.settings)

    assert (said.code, said.out) == (1, "")
