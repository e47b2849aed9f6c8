"""Turns' records sealed to the researchers, before the transaction that stores them commits.

A case's link and erasure key are committed in the key store before its first record. If the main transaction then
fails, they wait there for its repetition: the participant's case is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Participant, Status
from cora_bot.dialogue.turn import Record
from cora_bot.store.apply import Sealed, Step
from cora_bot.store.participants import Link
from cora_bot.store.records import Blob
from cora_bot.usecases.house import House
from cora_bot.vault.erasure import wrap
from cora_bot.vault.record import RecordHead, seal_record


async def seal_steps(house: House, steps: Sequence[Step], linked: frozenset[bytes]) -> tuple[list[Step], Sealed]:
    """The steps with the codes that stand, and their records sealed. ``linked`` have their case already."""
    made = await _make_cases(house, steps, linked)
    steps = [_with_link(step, made) for step in steps]
    owed = [(person, record) for step in steps if (person := _owner(step)) for record in step.turn.records]
    keys = await house.keystore.erasure_keys({person.case for person, _ in owed})
    blobs = tuple(seal_for(house, person.case, record, keys[person.case]) for person, record in owed)
    return steps, Sealed(blobs, linked | made.keys())


def _owner(step: Step) -> Participant | None:
    """Whose records a step's are; a person who has just been deleted leaves none."""
    return step.turn.conversation.participant


async def _make_cases(house: House, steps: Sequence[Step], linked: frozenset[bytes]) -> dict[bytes, Link]:
    made: dict[bytes, Link] = {}
    for step in steps:
        person = _owner(step)
        if person is None or person.id in linked or person.id in made:
            continue
        if step.turn.records or step.turn.fetches or person.status is not Status.ENROLLING:
            link = await house.keystore.create_case(person.id, person.case, person.code, house.chance)
            made[person.id] = link
    return made


def _with_link(step: Step, made: Mapping[bytes, Link]) -> Step:
    person = _owner(step)
    link = made.get(person.id) if person else None
    if person is None or link is None:
        return step
    conversation = replace(step.turn.conversation, participant=replace(person, case=link.case, code=link.code))
    return replace(step, turn=replace(step.turn, conversation=conversation))


def seal_for(house: House, case: bytes, record: Record, key: bytes) -> Blob:
    """A record of this case, wrapped under its erasure key."""
    sealed = seal_record(head_of(house, case, record), record.body, house.recipients, house.chance)
    return Blob(record.id, case, wrap(key, sealed, house.chance, case=case, record=record.id))


def head_of(house: House, case: bytes, record: Record) -> RecordHead:
    """Where a record of this case belongs."""
    return RecordHead(
        study=house.script.study.id,
        case=case.hex(),
        kind=record.kind,
        record=record.id.hex(),
        session=record.session.hex(),
        form=record.form,
        form_version=record.form_version,
        form_hash=record.form_hash,
        wave=record.wave,
        number=record.number,
        order=record.order,
        language=record.language,
        started_at=record.started_at,
        at=record.at,
    )
