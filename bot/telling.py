"""The demonstration's own words, in English and for researchers: what just happened, and what the tables hold.

Rules: what happened is read off the phones, as their owners could; nothing is opened for it. Times are told in the
zone of the phone they are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.pilot.person import Person
from bot.pilot.pilot import Table
from cora_bot.dialogue.phrases import GO_ON, INVITATION, REMINDER, Phrases

MEANINGS = {
    INVITATION: "rings: an invitation to answer",
    REMINDER: "rings: a reminder",
    GO_ON: "rings: a reminder to go on where they stopped",
}
OTHERWISE = "rings: a message"
TIDIED = "shows less: the bot took back an old message"
SHOWN_ROWS = 60

# In this order, what a visitor should see first; the rest stands under ASIDE.
FIRST = {
    "record": (
        "Answers",
        "Sealed to the researchers. No key on this machine opens them; name, time and order lie inside.",
    ),
    "session": (
        "A questionnaire under way",
        "Sealed under the server's working key until it is finished; typed answers to the researchers at once.",
    ),
    "chat": ("Addresses", "Where to write to. Sealed, and found again by a fingerprint only."),
    "participant": ("People", "Language and time zone are legible; everything else is sealed. The case lies apart."),
    "occurrence": ("Schedule", "Legible: what is due when. It says that somebody is asked, not what they answer."),
}
ASIDE = {
    "alert": "That somebody must look at answers, and whether somebody does. Whose, is sealed.",
    "audit": "What was done with people's data and with keys, in a chain of hashes. Of whom, is sealed.",
    "chat_participant": "Which chat belongs to which person.",
    "cutting": "Whose link to their answers is being cut or erased at this moment.",
    "media_file": "Which of the study's own sounds and pictures Telegram has already.",
    "download": "Files that were sent and are not fetched yet. What to fetch is sealed.",
    "chore": "Small things to do later, such as emptying a message.",
    "counter": "Counts without a person, such as how many refused.",
    "erased_case": "Which cases were erased, so that copies carried away are erased too.",
    "handed_out": "Which copies were carried away, by whom, until when.",
    "form_version": "The questionnaires, which are no secret.",
    "key store: erasure": "One key for each person: destroying it erases all their answers. A store of its own.",
    "key store: fence": "Who stopped, paused or moved, sealed: a restored copy must not forget it. A store of its own.",
    "key store: mark": "The name of the key store, and how often it was changed.",
    "key store: link": "Which person is which case, sealed; it can be cut for good. A store of its own.",
    "lease": "Which of several processes may send at this moment.",
    "meta": "The store's own version.",
    "outage": "When a country or time zone was cut off. It names no person.",
    "outbox": "Messages sent or waiting. Their text is sealed, and taken out once it has been sent.",
    "parked_update": "What could not be handled, sealed, until somebody has looked at why.",
    "own_copy": "Answers a second time, for those who asked for a copy: opened by a key that only they have.",
    "own_key": "The key to such a copy, under a code that was shown to its owner once.",
    "place_file": "Pictures and voices that say where meetings are. Sealed, and deleted when the trip is over.",
    "removal": "What people wrote and the bot is to take out of their chats: a number each, never a word.",
    "seat": "As many as people fit into a time for a meeting; whoever books takes a free one.",
    "slot": "Times for meetings on a trip of the team, by interviewer and place.",
    "slot_cell": "When each interviewer is busy, in pieces of five minutes: nobody is at two places at a time.",
    "staff_phone": "Who of the team is told when something waits. No participant.",
    "taken_in": "What has just come and is about to be handled, sealed; gone a moment later.",
    "task": "Whom the team has to look after, and why. Never what somebody said.",
    "token": "Enrolment links, as fingerprints.",
    "trip": "A trip of the team. Its days and places are sealed.",
    "update_attempt": "How often something was tried that ended in a crash, as fingerprints.",
    "visit": "Who is invited to a meeting and how it stands. Wishes, language, city and picture word are sealed.",
    "update_seen": "What Telegram has handed over already, as fingerprints.",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a phone showed at one moment."""

    rung: int
    screen: tuple[tuple[int, str], ...]


def seen(people: Iterable[Person]) -> dict[int, Seen]:
    """What every phone shows now."""
    return {
        one.id: Seen(len(one.notifications), tuple((bubble.message_id, bubble.text) for bubble in one.screen))
        for one in people
    }


def told(before: Mapping[int, Seen], people: Iterable[Person], phrases: Phrases, languages: Sequence[str]) -> list[str]:
    """What is different on the phones since ``before``, a clause for each phone that shows it."""
    meanings = {
        phrases.say(phrase, language): meaning for phrase, meaning in MEANINGS.items() for language in languages
    }
    clauses = []
    for one in people:
        then = before.get(one.id, Seen(0, ()))
        rung = one.notifications[then.rung :]
        if rung:
            clauses.append(f"{one.user.first_name} {meanings.get(rung[-1].text, OTHERWISE)}")
        elif seen([one])[one.id].screen != then.screen:
            clauses.append(f"{one.user.first_name} {TIDIED}")
    return clauses


def when(moment: datetime, zone: str) -> str:
    """A moment as people say it: ``Sunday, 6 December 2026, 17:00 in Baghdad``."""
    there = moment.astimezone(ZoneInfo(zone))
    place = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{there:%A}, {there.day} {there:%B %Y, %H:%M} in {place}"


def shelves(holdings: Iterable[tuple[str, int, list[dict[str, str]]]]) -> list[Table]:
    """The server's tables with a title and a sentence each, what matters first."""
    order = [*FIRST, *ASIDE]
    held = {name: (count, rows) for name, count, rows in holdings}
    names = sorted(
        held.keys() | FIRST.keys(), key=lambda name: (order.index(name) if name in order else len(order), name)
    )
    return [_shelf(name, *held.get(name, (0, []))) for name in names]


def _shelf(name: str, count: int, rows: list[dict[str, str]]) -> Table:
    title, note = FIRST.get(name, ("", ASIDE.get(name, "")))
    return Table(table=name, rows=rows, title=title, note=note, total=count, aside=name not in FIRST)


def answers(rows: Sequence[Mapping[str, str]], *, file: Path) -> Table:
    """The rows of the long table as a researcher reads them: the latest questionnaire first, in the form's order."""
    latest = {row["record"]: row["finished_at"] or row["started_at"] for row in rows}
    ordered = sorted(rows, key=lambda row: latest[row["record"]], reverse=True)
    shown = [
        {
            "case": row["case"],
            "questionnaire": f"{row['form']} {row['number']}" if row["wave"] else row["form"],
            "question": row["label"] or row["question"],
            "answer": row["value_label"] or row["value"],
            "asked in": row["language"],
        }
        for row in ordered[:SHOWN_ROWS]
    ]
    note = f"From {file.name}, which has a code for every question and answer."
    return Table(table=file.name, title="Answers", rows=shown, note=note, total=len(rows))


def dispositions(rows: Sequence[Mapping[str, str]], *, file: Path) -> Table:
    """Who was asked when, and what came of it."""
    shown = [
        {
            "case": row["case"],
            "questionnaire": f"{row['wave']} {row['number']}",
            "from": row["opens"][:10],
            "until": row["closes"][:10],
            "what came of it": row["disposition"],
        }
        for row in rows[:SHOWN_ROWS]
    ]
    return Table(table=file.name, title="What was asked, and what came of it", rows=shown, total=len(rows))
