"""D-05 what happens is told in the person's own local time
D-07 every table the server keeps is explained on the demonstration's page
D-08 a researcher sees the latest questionnaire first, and labels instead of codes
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.pilot.limits import Limits
from bot.pilot.messages import Message
from bot.pilot.world import World
from bot.telling import ASIDE, FIRST, answers, dispositions, seen, shelves, told, when
from cora_bot.base.clock import SetClock
from cora_bot.dialogue.phrases import REMINDER
from cora_bot.store import keystore, tables
from tests.support.house import STUDY, script_of

BEGUN = datetime(2026, 12, 6, 22, 30, tzinfo=UTC)
LANGUAGES = ["en", "de", "ar"]


def test_moment_is_told_in_the_zone_of_the_phone() -> None:
    assert when(BEGUN, "Asia/Baghdad") == "Monday, 7 December 2026, 01:30 in Baghdad"
    assert when(BEGUN, "UTC") == "Sunday, 6 December 2026, 22:30 in UTC"


def test_every_table_is_explained() -> None:
    kept = [*tables.metadata.tables, *(f"key store: {name}" for name in keystore.metadata.tables)]
    assert [name for name in kept if name not in FIRST and name not in ASIDE] == []


def test_shelves_begin_with_answers_even_when_there_are_none() -> None:
    found = shelves([("unheard_of", 1, [{"a": "b"}]), ("token", 9, []), ("chat", 1, [{"id": "00"}])])
    assert [(one["table"], one["total"], one["aside"]) for one in found] == [
        ("record", 0, False),
        ("session", 0, False),
        ("chat", 1, False),
        ("participant", 0, False),
        ("occurrence", 0, False),
        ("token", 9, True),
        ("unheard_of", 1, True),
    ]


def test_what_happened_is_read_off_the_phones() -> None:
    world = World(clock=SetClock(BEGUN), limits=Limits(enabled=False))
    rung, tidied, quiet = (world.person(language_code="de") for _ in range(3))
    phrases = script_of(STUDY).phrases
    old = world.post(tidied.chat, Message(0, world.bot, 0, "alt"))
    before = seen(world.people.values())
    world.post(rung.chat, Message(0, world.bot, 0, phrases.say(REMINDER, "de")))
    world.delete(tidied.chat, old)
    assert quiet.screen == ()
    assert told(before, world.people.values(), phrases, LANGUAGES) == [
        "Phone 1 rings: a reminder",
        "Phone 2 shows less: the bot took back an old message",
    ]


def row(record: str, at: datetime, question: str, **more: str) -> dict[str, str]:
    blank = dict.fromkeys(("wave", "label", "value_label", "value"), "")
    fixed = {"case": "K7F-2QX", "number": "1", "form": "check_in", "language": "ar", "question": question}
    return blank | fixed | {"record": record, "started_at": at.isoformat(), "finished_at": at.isoformat()} | more


def test_answers_stand_latest_questionnaire_first_in_the_forms_order() -> None:
    rows = [
        row("a", BEGUN, "taken", form="consent", value="read", value_label="I read it myself"),
        row("b", BEGUN + timedelta(days=9), "work", wave="check_in", label="Work?", value="none", value_label="No"),
        row("b", BEGUN + timedelta(days=9), "message", wave="check_in", value="نعم"),
    ]
    shown = answers(rows, file=Path("answers_long.csv"))
    assert shown["total"] == 3
    assert [tuple(one.values()) for one in shown["rows"]] == [
        ("K7F-2QX", "check_in 1", "Work?", "No", "ar"),
        ("K7F-2QX", "check_in 1", "message", "نعم", "ar"),
        ("K7F-2QX", "consent", "taken", "I read it myself", "ar"),
    ]


def test_dispositions_show_days() -> None:
    given = {"case": "K7F-2QX", "wave": "arrival", "number": "1", "disposition": "complete"}
    days = {"opens": "2026-12-06T14:00:00Z", "closes": "2026-12-20T14:00:00Z"}
    (shown,) = dispositions([given | days], file=Path("dispositions.csv"))["rows"]
    assert tuple(shown.values()) == ("K7F-2QX", "arrival 1", "2026-12-06", "2026-12-20", "complete")
