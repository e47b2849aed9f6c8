"""The contact ledger of a simulation: every message that was to be sent unasked, in order, with the person's name.

It is also held against the phones: what was sent once stands in one chat once; what is uncertain at most once. Of those
who were forgotten it says nothing any more; nobody is forgotten before their time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.simulate.comparing import read_csv
from bot.simulate.respondent import Persona, Respondent
from cora_bot.study.durations import calendar_offset

HEADER = ("at", "local", "person", "case", "reason", "wave", "number", "state", "outcome", "finished_at")


def ledger_rows(export: Path, people: Sequence[Respondent]) -> Iterator[tuple[str, ...]]:
    """``ledger.csv``, in the order in which the messages were written; those of one moment by name."""
    yield HEADER
    known = {one.diary.code: one.persona for one in people if one.diary.code}
    found = [(row["created_at"], known.get(row["case"]), row) for row in read_csv(export / "contacts.csv")]
    for at, who, row in sorted(found, key=lambda each: (each[0], _name(each[1]), each[2]["wave"], each[2]["number"])):
        yield (
            at, _local(at, who), _name(who), row["case"], row["reason"], row["wave"], row["number"],
            row["state"], row["outcome"], row["finished_at"],
        )  # fmt: skip


def _name(who: Persona | None) -> str:
    return who.name if who else ""


def _local(at: str, who: Persona | None) -> str:
    """The time of day where the person lives, which is what quiet hours go by."""
    return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(who.zone)):%H:%M}" if who else ""


def lines(ledger: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The ledger as people read it, under a line that names the columns."""
    yield f"{'when (UTC)':<16}  {'local':<5}  {'person':<12} {'code':<7}  {'reason':<10} wave number: what became of it"
    for at, local, person, case, reason, wave, number, state, outcome, _ in ledger[1:]:
        became = f"{state} ({outcome})" if outcome else state
        when = at[:16].replace("T", " ")
        yield f"{when}  {local:<5}  {person or '?':<12} {case}  {reason:<10} {wave} {number}: {became}"


def not_on_the_phones(
    ledger: Sequence[tuple[str, ...]], people: Sequence[Respondent], forgotten: Collection[str]
) -> list[str]:
    """Where a phone got more or fewer unasked messages than the ledger says, or somebody was forgotten too early."""
    states = Counter((row[3], row[7]) for row in ledger[1:])
    return [
        difference
        for one in people
        for difference in (_too_early(one) if one.diary.code in forgotten else _uncounted(one, states))
    ]


def _uncounted(one: Respondent, states: Counter[tuple[str, str]]) -> Iterator[str]:
    code = one.diary.code
    rang = sum(message.from_bot and not message.silent for message in one.person.chat.messages.values())
    sent, perhaps = states[code, "sent"], states[code, "uncertain"]
    if not sent <= rang <= sent + perhaps:
        yield (
            f"{one.persona.name} ({code or 'no code'}) got {rang} messages unasked; the ledger says "
            f"{sent} were sent and {perhaps} perhaps"
        )


def _too_early(one: Respondent) -> Iterator[str]:
    kept = calendar_offset(one.script.study.retention.contacts)
    if one.acted is not None and one.acted + kept > one.clock.now():
        yield f"{one.persona.name} ({one.diary.code}) was still here on {one.acted:%Y-%m-%d}, and is forgotten already"
