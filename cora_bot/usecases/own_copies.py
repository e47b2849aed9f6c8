"""Keeps what participants answer a second time, for themselves, where they asked for it; and opens it with their code.

In the transaction that stores the answers. Only records made after the key are copied: what was sealed before nobody
here can open. Parts of files are not copied.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from cora_bot.base.errors import CoraError, NotOpened
from cora_bot.dialogue.conversation import Participant
from cora_bot.dialogue.turn import Record, RecordKind
from cora_bot.export.answers import gather
from cora_bot.export.columns import form_columns
from cora_bot.export.opened import OpenedRecord
from cora_bot.export.tables import LONG_HEADER, long_rows
from cora_bot.forms.load import load_xform
from cora_bot.store import form_versions, own_copies
from cora_bot.store.apply import Step
from cora_bot.store.database import Tx
from cora_bot.store.own_copies import Copy
from cora_bot.usecases.house import House
from cora_bot.usecases.sealing import head_of
from cora_bot.vault.own_copy import OwnKey, make_own_key, open_own_key
from cora_bot.vault.record import open_record, seal_record

ANSWERS = frozenset({RecordKind.COMPLETE, RecordKind.PARTIAL, RecordKind.FRAGMENT})
LOST = "Without the code nobody can open them. A new key (/mydata in the chat) is for answers from then on."


async def keep(house: House, tx: Tx, steps: Sequence[Step]) -> None:
    """Keys that were asked for, copies of what was answered since, and none of what no longer counts."""
    if not house.script.study.participant_copy:
        return
    people = {person.id for step in steps if (person := step.turn.conversation.participant) is not None}
    known = await own_copies.keys_of(tx, people)
    dropped = [record for step in steps for record in step.turn.drop_records]
    await own_copies.drop(tx, dropped, house.keys)
    for step in steps:
        person = step.turn.conversation.participant
        if person is None:
            continue
        if step.turn.own_key:
            known[person.id] = make_own_key(step.turn.own_key, house.chance)
            await own_copies.write_key(tx, person.id, known[person.id])
        if person.id in known:
            records = [each for each in step.turn.records if each.kind in ANSWERS and each.id not in dropped]
            copies = [_copy(house, person.id, person.case, each, known[person.id]) for each in records]
            await own_copies.write(tx, copies, keys=house.keys, chance=house.chance)


def _copy(house: House, participant: bytes, case: bytes, record: Record, key: OwnKey) -> Copy:
    sealed = seal_record(head_of(house, case, record), record.body, [key.recipient], house.chance)
    return Copy(participant, record.id, sealed)


async def read(house: House, tx: Tx, person: Participant, *, code: str) -> list[tuple[str, str, str]]:
    """(day, question, answer) of everything there is, oldest first, in the person's language.

    Raises ``CoraError`` where there is no copy, or ``code`` is not the one that opens it.
    """
    key = (await own_copies.keys_of(tx, [person.id])).get(person.id)
    if key is None:
        raise CoraError("this person keeps no copy of their answers", "They begin one in the chat: /mydata.")
    try:
        identity = open_own_key(key.sealed, plain(code))
    except NotOpened:
        raise CoraError("this code does not open this person's copy", LOST) from None
    opened = []
    case = person.case.hex()
    for blob in await own_copies.of(tx, person.id):
        head, body = open_record(blob, [identity], study=house.script.study.id, case=case, record=None)
        opened.append(OpenedRecord(head, body))
    forms = {each.hash: load_xform(each.xform) for each in await form_versions.every(tx)}
    forms |= {form.hash: form for form in house.script.forms.values()}
    gathered = gather(opened, codes={case: person.code}, erased=frozenset(), forms=forms)
    rows = long_rows(gathered.answerings, form_columns(forms.values()), language=person.language)
    next(rows)
    return sorted(_line(dict(zip(LONG_HEADER, row, strict=True))) for row in rows if _answer(row))


def _answer(row: Sequence[str]) -> str:
    return row[LONG_HEADER.index("value")]


def _line(row: dict[str, str]) -> tuple[str, str, str]:
    return row["finished_at"][:10], row["label"] or row["question"], row["value_label"] or row["value"]


def plain(typed: str) -> str:
    """The code as it was drawn: capital letters and Latin digits, whatever stands between them."""
    found = unicodedata.normalize("NFKC", typed)
    return "".join(_digit(letter) for letter in found if letter.isalnum()).upper()


def _digit(letter: str) -> str:
    digit = unicodedata.digit(letter, None)
    return str(digit) if digit is not None else letter
