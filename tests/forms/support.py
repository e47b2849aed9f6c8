"""Forms and moments for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cora_bot.base.chance import SeededChance
from cora_bot.forms.compile import compile_form
from cora_bot.forms.model import Form
from cora_bot.forms.support import ANY, Support
from cora_bot.forms.walk import Moment, Stored, Walk

SETTINGS = """
| settings |
| | form_title | form_id | version | default_language |
| | Test | test | 1 | English (en) |
"""


def moment(at: str = "2026-11-22T20:00:00+00:00", zone: str = "Asia/Kabul") -> Moment:
    return Moment(datetime.fromisoformat(at).astimezone(UTC), zone, {"deviceid": "telegram:k7f"}, SeededChance(7))


def table(text: str, settings: str = SETTINGS) -> bytes:
    return (text.strip("\n") + "\n" + settings.strip("\n") + "\n").encode()


def form(
    text: str,
    *,
    media: Mapping[str, bytes] | None = None,
    channel: Mapping[str, Support] = ANY,
    settings: str = SETTINGS,
) -> Form:
    """A form that must compile without errors; ``text`` are its survey and choices tables."""
    made = compile_form(table(text, settings), file="test.md", media=media, channel=channel)
    if made.form is None:
        raise AssertionError(made.problems)
    return made.form


def begin(text: str, *, media: Mapping[str, bytes] | None = None) -> Walk:
    return Walk.begin(form(text, media=media), moment())


def problems(
    text: str, *, channel: Mapping[str, Support] = ANY, settings: str = SETTINGS
) -> list[tuple[str, int | None]]:
    """(code, row) of everything found."""
    made = compile_form(table(text, settings), file="test.md", channel=channel)
    return [(problem.code, problem.row) for problem in made.problems]


def stored(outcome: object) -> Stored:
    assert isinstance(outcome, Stored), outcome
    return outcome
