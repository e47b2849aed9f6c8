"""ST-10 a turn is written whole or not at all · ST-11 what was written is what is loaded
ST-12 nothing a person said, no address, code or token lies in plain text in any file · ST-13 a deleted person is gone
ST-14 of a batch's cards only the last is sent, and a promised new message stays one.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from cora_bot.base.chance import new_id
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Fragment, Status
from cora_bot.dialogue.turn import Chore, RecordKind, Show, Turn
from cora_bot.store import chores, counters, outbox, records, removals
from cora_bot.store.apply import Sealed, Step, apply, fold
from cora_bot.study.model import Return
from cora_bot.study.model import Step as Place
from cora_bot.usecases.house import House
from cora_bot.vault.erasure import unwrap
from cora_bot.vault.record import open_record
from tests.support.stores import BEGIN, Ground, all_bytes
from tests.support.turns import (
    DAY,
    HOUR,
    card,
    joined,
    meet,
    occurrence,
    person,
    prompt,
    record,
    session,
    shown,
    write,
    write_all,
)


async def test_conversation_comes_back_as_it_was_written(house: House) -> None:
    before = await meet(house, 700)
    who = person(
        house.chance, zone="Asia/Kabul", hour=18, enrolled_at=BEGIN, country="AF", return_state=Return.PLANNED,
        return_date=date(2027, 1, 5), purposes=frozenset({"check_ins", "visits"}), paused_until=BEGIN + DAY,
        told_removal=True,
    )  # fmt: skip
    open_one = session(house.chance, wave="arrival", number=1, fragments=(Fragment("/data/q", b"r" * 16),), orders=2)
    ahead = occurrence("check_in", 1, BEGIN + 30 * DAY)
    opened = occurrence("arrival", 1, BEGIN, Place.OPENED, opened_at=BEGIN + HOUR, sent=2, put_away=1)
    chat = card(before.chat, 4, 2, message=31, sent_at=BEGIN, buried=True)
    after = replace(before, chat=replace(chat, misses=3, misses_since=BEGIN), participant=who, session=open_one)
    await write(house, before, Turn(after, occurrences=(ahead, opened)))

    found = await meet(house, 700)
    expected = replace(after, chat=replace(after.chat, new=False), occurrence=opened, planned=(opened, ahead))
    assert expected == found


async def test_second_process_sees_what_was_committed(ground: Ground, house: House) -> None:
    stored = await joined(house, 700, language="ar")
    async with ground.opened(house.script) as other:
        seen = await meet(other, 700)

    assert stored == seen


async def test_failure_in_the_middle_leaves_nothing(ground: Ground, house: House) -> None:
    stored = await joined(house, 700)
    after = replace(stored, chat=card(stored.chat, 9), session=session(house.chance))
    turn = Turn(after, show=Show(prompt("x")), counts=("refused",))
    with pytest.raises(RuntimeError):
        async with house.database.transaction() as tx:
            step = Step(stored, turn, "k")
            await apply(tx, [step], Sealed(), keys=house.keys, chance=house.chance, now=BEGIN)
            raise RuntimeError
    async with ground.opened(house.script) as other:
        seen = await meet(other, 700)
        async with other.database.read() as tx:
            left = (await counters.read(tx), await outbox.heads(tx, BEGIN, 9, unsolicited=False))

    assert stored == seen
    assert left == ({}, [])


async def test_records_open_with_a_researchers_key_alone(ground: Ground, house: House) -> None:
    stored = await joined(house, 700)
    who, open_one = stored.participant, session(house.chance)
    assert who is not None
    made = record(house.chance, open_one, "secret answer")
    await write(house, stored, Turn(stored, records=(made,)))
    async with house.database.read() as tx:
        (blob,) = await records.page(tx, b"", 9)
    key = (await house.keystore.erasure_keys([who.case]))[who.case]
    sealed = unwrap(key, blob.blob, case=who.case, record=made.id)
    head, body = open_record(
        sealed, ground.identities[1:], study=house.script.study.id, case=who.case.hex(), record=made.id.hex()
    )

    assert (made.id, who.case) == (blob.id, blob.case)
    assert (head.kind, body) == (RecordKind.COMPLETE, made.body)


async def test_dropped_fragments_are_deleted(house: House) -> None:
    stored = await joined(house, 700)
    open_one = session(house.chance)
    kept, dropped = (record(house.chance, open_one, text, RecordKind.FRAGMENT) for text in ("kept", "dropped"))
    await write(house, stored, Turn(stored, records=(kept, dropped)))
    await write(house, stored, Turn(stored, drop_records=(dropped.id,)))
    async with house.database.read() as tx:
        left = [each.id for each in await records.page(tx, b"", 9)]

    assert left == [kept.id]


async def test_deleted_person_leaves_nothing_but_the_mark_of_erasure(house: House) -> None:
    before = await meet(house, 700)
    who = person(house.chance, Status.ENROLLING)
    open_one = session(house.chance)
    started = replace(before, participant=who, session=open_one)
    turn = Turn(started, occurrences=(occurrence("arrival", 1, BEGIN),), records=(record(house.chance, open_one, "x"),))
    await write(house, before, turn)
    enrolled = await meet(house, 700)
    await write(house, enrolled, Turn(replace(enrolled, participant=None, session=None), counts=("refused",)))
    async with house.database.read() as tx:
        names = ("participant", "chat_participant", "session", "occurrence", "record")
        left = [(await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar() for name in names]
        erased, cut, counted = await records.erased(tx), await records.cuttings(tx), await counters.read(tx)

    assert left == [0, 0, 0, 0, 0]
    assert ([who.case], {who.id: who.case}, {"refused": 1}) == (erased, cut, counted)


async def test_enrolling_person_has_no_link_until_they_join(house: House) -> None:
    before = await meet(house, 700)
    who = person(house.chance, Status.ENROLLING)
    await write(house, before, Turn(replace(before, participant=who)))
    assert await house.keystore.links([who.id]) == {}

    enrolling = await meet(house, 700)
    assert who == enrolling.participant

    active = replace(who, status=Status.ACTIVE)
    await write(house, enrolling, Turn(replace(enrolling, participant=active)))
    linked = (await house.keystore.links([who.id]))[who.id]
    assert (who.case, who.code) == (linked.case, linked.code)
    assert active == (await meet(house, 700)).participant


SECRETS = ("Geheim-Antwort", "جواب سری", "K7F-2QX", "918273645", "ABCD-EFGH")


async def test_no_secret_lies_in_any_file(tmp_path: Path, ground: Ground, house: House) -> None:
    if ground.engine != "sqlite":
        pytest.skip("the files of the server are not ours to read")
    stored = await joined(house, int(SECRETS[3]), code=SECRETS[2])
    open_one = session(house.chance, walk=SECRETS[0])
    turn = Turn(
        replace(stored, session=open_one),
        show=Show(prompt(SECRETS[1])),
        records=(record(house.chance, open_one, SECRETS[0]),),
    )
    await write(house, stored, turn)
    async with house.database.transaction() as tx:
        await counters.raise_by(tx, Counter({"planted-in-the-open": 1}))
    written = all_bytes(tmp_path)

    assert b"planted-in-the-open" in written
    for secret in SECRETS:
        for encoding in ("utf-8", "utf-16-le"):
            assert written.find(secret.encode(encoding)) == -1, secret
    assert written.find(int(SECRETS[3]).to_bytes(4, "big")) == -1


async def test_steps_of_a_chat_are_folded_to_the_last_card(house: House) -> None:
    before = await meet(house, 700)
    first = Turn(replace(before, chat=card(before.chat, 1)), show=Show(prompt("one"), fresh=True), remove=(5,))
    second = Turn(replace(before, chat=card(before.chat, 2)), show=Show(prompt("two")), remove=(6,), stale=4)
    steps = [Step(before, first, "a"), Step(first.conversation, second, "b")]
    (folded,) = fold(steps)
    await write_all(house, steps)
    async with house.database.read() as tx:
        rows = (await tx.execute(text("SELECT key, kind, fresh, message FROM outbox ORDER BY id"))).all()
        removed = await removals.owed(tx, BEGIN)

    assert folded.show == (Show(prompt("two"), fresh=True), "b")
    chat = before.chat.id.hex()
    expected = [("b", "card", 1, None), (f"{chat}/retire/4", "retire", 0, 4)]
    assert expected == [tuple(row) for row in rows]
    assert [(each.chat, sorted(each.messages)) for each in removed] == [(before.chat.id, [5, 6])]


async def test_live_card_is_never_retired_by_a_press_that_overtook_its_edit(house: House) -> None:
    before = await meet(house, 700)
    live = card(before.chat, 3, message=31, sent_at=BEGIN)
    await write(house, before, Turn(replace(before, chat=live), stale=31))
    async with house.database.read() as tx:
        rows = (await tx.execute(text("SELECT count(*) FROM outbox"))).scalar()

    assert rows == 0


async def test_same_reply_written_twice_is_sent_once(house: House) -> None:
    before = await meet(house, 700)
    await shown(house, before, "first", key="u1")
    await shown(house, before, "again", key="u1")
    async with house.database.read() as tx:
        (first,) = await outbox.first_of(tx, [before.chat.id], BEGIN)

    assert prompt("first") == outbox.prompt_of(house.keys, first)


async def test_chore_is_set_moved_and_done(house: House) -> None:
    before = await meet(house, 700)
    chore = Chore("empty_card", 3, BEGIN + HOUR)
    await write(house, before, Turn(before, chores=(chore,)))
    await write(house, before, Turn(before, chores=(replace(chore, due_at=BEGIN + 2 * HOUR),)))
    task = chores.Task(before.chat.id, "empty_card", 3)
    async with house.database.transaction() as tx:
        early, late = await chores.due(tx, BEGIN + HOUR, 9), await chores.due(tx, BEGIN + 2 * HOUR, 9)
        await chores.remove(tx, late)
        after = await chores.due(tx, BEGIN + 2 * HOUR, 9)

    assert (early, late, after) == ([], [task], [])


async def test_record_of_an_unlinked_case_cannot_be_stored_under_anothers_key(house: House) -> None:
    stored = await joined(house, 700)
    who = stored.participant
    assert who is not None
    other = new_id(house.chance)
    await house.keystore.create_case(new_id(house.chance), other, "ZZZ-ZZZ", house.chance)
    made = record(house.chance, session(house.chance), "x")
    await write(house, stored, Turn(stored, records=(made,)))
    keys = await house.keystore.erasure_keys([who.case, other])
    async with house.database.read() as tx:
        (blob,) = await records.page(tx, b"", 9)

    assert who.case == blob.case
    with pytest.raises(Exception, match="could not be opened"):
        unwrap(keys[other], blob.blob, case=other, record=made.id)


async def test_person_deleted_in_the_batch_that_sealed_something_leaves_no_record(house: House) -> None:
    before = await meet(house, 700)
    who, open_one = person(house.chance, Status.ENROLLING), session(house.chance)
    started = replace(before, participant=who, session=open_one)
    first = Turn(started, records=(record(house.chance, open_one, "x"),))
    refused = Turn(replace(started, participant=None, session=None))
    await write_all(house, [Step(before, first, "a"), Step(started, refused, "b")])
    async with house.database.read() as tx:
        left = await records.count(tx)

    assert left == 0
