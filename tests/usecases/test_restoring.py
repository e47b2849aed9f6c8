"""RE-01 a store put back: whoever was erased, cut off, or fenced since is so again, and nobody else
RE-02 what waited or fell due since is uncertain: not sent again, not sent late; what is still to come is sent
RE-03 a card drawn since the copy cannot be pressed for one drawn afterwards
RE-04 stopping, taking a consent back, a break, a move reach the key store before the main store
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Conversation, Status, Withdrawal
from cora_bot.dialogue.inputs import Press, Pressed, Start, Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.store import ledger, occurrences, participants
from cora_bot.store.keystore import Fence
from cora_bot.store.restored import GENERATIONS
from cora_bot.store.tables import State
from cora_bot.study.model import Step
from cora_bot.usecases import restoring
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.deliver import claim
from cora_bot.usecases.due import due
from cora_bot.usecases.exchange import Arrived
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_relink
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.receive import receive
from tests.support.turns import DAY, HOUR, invited, joined, meet, occurrence, record, session, shown, write

NAMES = ("people", "records", "occasions")


async def answered(house: House, address: int, **fields: object) -> Conversation:
    """Somebody with one finished record."""
    before = await joined(house, address, **fields)
    await write(house, before, Turn(before, records=(record(house.chance, session(house.chance), "x"),)))
    return before


async def rows(house: House, *names: str) -> list[int]:
    async with house.database.read() as tx:
        return [int((await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()) for name in names]


def fence(of: Conversation, **changes: object) -> Fence:
    assert of.participant is not None
    before = Fence(Status.ACTIVE, None, None, tuple(sorted(of.participant.purposes)), None, of.chat.id)
    return replace(before, **changes)  # type: ignore[arg-type]


async def test_erased_and_cut_off_go_and_everybody_else_stays(house: House) -> None:
    erased, cut, stays = [await answered(house, address) for address in (700, 701, 702)]
    assert erased.participant and cut.participant and stays.participant
    await house.keystore.destroy_key([erased.participant.case])
    await house.keystore.delete_link([erased.participant.id, cut.participant.id])
    applied = await restoring.apply(house)
    proved = await restoring.prove(house)

    assert (applied.erased, applied.cut, applied.fenced) == (1, 2, 0)
    assert (proved.read.people, proved.records) == (1, 2)  # who was cut off left answers behind
    assert await rows(house, "participant", "record", "erased_case", "cutting") == [1, 2, 1, 0]
    assert (await meet(house, 702)).participant is not None


async def test_record_without_its_key_would_be_noticed(house: House) -> None:
    gone = await answered(house, 700)
    assert gone.participant
    await check_belongs(house)
    await house.keystore.destroy_key([gone.participant.case])
    with pytest.raises(CoraError, match="does not open"):
        await restoring.prove(house)


async def test_nobody_is_more_than_copy_and_fence_allow(house: House) -> None:
    now = house.clock.now()
    purposes = frozenset({"check_ins", "visits"})
    stopped, narrowed, paused, moved = [
        await joined(house, address, purposes=purposes) for address in (700, 701, 702, 703)
    ]
    over = now + 7 * DAY
    fences = (
        (stopped, fence(stopped, status=Status.STOPPED, withdrawal=Withdrawal.LINK, withdraws_at=over)),
        (narrowed, fence(narrowed, purposes=("visits", "unknown_here"))),
        (paused, fence(paused, paused_until=now + DAY)),
        (moved, fence(moved, chat=b"elsewhere-chat-1")),
    )
    named = {each.participant.id: one for each, one in fences if each.participant}
    await house.keystore.put_fences(named, house.chance)
    applied = await restoring.apply(house)
    found = {address: (await meet(house, address)).participant for address in (700, 701, 702, 703)}
    assert found[700] and found[701] and found[702]

    assert applied.fenced == 3
    assert (found[700].status, found[700].withdrawal, found[700].withdraws_at) == (
        Status.STOPPED, Withdrawal.LINK, over,
    )  # fmt: skip
    assert found[701].purposes == frozenset({"visits"})
    assert found[702].paused_until == now + DAY
    assert found[703] is None  # nobody is spoken with in a chat that was left
    assert await rows(house, "participant") == [4]


async def test_what_waited_is_not_sent(house: House) -> None:
    await shown(house, await joined(house, 700), "a reply")
    await invited(house, await joined(house, 701))
    sent = await joined(house, 702)
    await invited(house, sent)
    assert len(await claim(house, limit=2)) == 2  # in flight when the copy was made
    applied = await restoring.apply(house)
    async with house.database.read() as tx:
        left = (await tx.execute(text("SELECT unsolicited, state, outcome FROM outbox ORDER BY id"))).all()

    assert applied.messages == 3
    assert [tuple(row) for row in left] == [
        (0, State.LAPSED, "restored"), (1, State.UNCERTAIN, "restored"), (1, State.UNCERTAIN, "restored"),
    ]  # fmt: skip
    assert await claim(house) == []


async def test_what_fell_due_since_is_uncertain_and_the_rest_is_to_come(house: House) -> None:
    before = await joined(house, 700)
    person = before.participant
    assert person
    opens = house.clock.now() + HOUR
    plan = (
        occurrence("arrival", 1, opens),  # its first reminder is still to come after the day
        occurrence("check_in", 1, opens - 7 * DAY, next_at=opens),  # over by then
        occurrence("check_in", 2, opens + 5 * DAY),
    )
    await write(house, before, Turn(before, occurrences=plan))
    house.clock.move(DAY)  # type: ignore[attr-defined]
    applied = await restoring.apply(house)
    async with house.database.read() as tx:
        found = {(each.wave, each.number): each for each in (await occurrences.all_of(tx, [person.id]))[person.id]}
        told = (await ledger.contacts(tx, [person.id]))[person.id]

    assert applied.occasions == 2
    first, over, later = found["arrival", 1], found["check_in", 1], found["check_in", 2]
    assert (first.step, first.sent, first.next_at) == (Step.INVITED, 1, opens + DAY)
    assert (over.step, over.reason, over.next_at) == (Step.LAPSED, "restored", None)
    assert (later.step, later.sent, later.next_at) == (Step.PLANNED, 0, opens + 5 * DAY)
    assert [(each.reason, each.state, each.outcome, each.created_at) for each in told] == [
        ("invitation:arrival", State.UNCERTAIN, "restored", opens)
    ]
    assert await due(house) == 0
    assert await claim(house) == []


async def test_whoever_may_not_be_written_to_is_left_to_the_due_loop(house: House) -> None:
    paused = await joined(house, 700, paused_until=house.clock.now() + 9 * DAY)
    await write(house, paused, Turn(paused, occurrences=(occurrence("arrival", 1, house.clock.now()),)))
    assert (await restoring.apply(house)).occasions == 0


async def test_no_button_from_since_means_a_later_card(house: House) -> None:
    before = await shown(house, await joined(house, 700), "a card")
    generation = before.chat.card.generation
    await restoring.apply(house)
    assert (await meet(house, 700)).chat.card.generation == generation + GENERATIONS


async def test_store_of_another_pair_is_refused(house: House) -> None:
    await joined(house, 700)
    await check_belongs(house)
    async with house.keystore.database.transaction() as tx:
        await tx.execute(text("UPDATE mark SET value = 'another' WHERE name = 'id'"))
    with pytest.raises(CoraError, match="another key store"):
        await restoring.apply(house)


async def test_older_key_store_put_back_by_hand_is_noticed(house: House) -> None:
    await answered(house, 700)
    await maintain(house)  # notes how far the key store has come
    await check_belongs(house)
    async with house.keystore.database.transaction() as tx:
        await tx.execute(text("UPDATE mark SET number = number - 1 WHERE name = 'changes'"))
    for step in (restoring.apply(house), check_belongs(house)):
        with pytest.raises(CoraError, match="older copy than the database"):
            await step


async def test_changes_count_up_whatever_is_changed(house: House) -> None:
    counted = [await house.keystore.changes()]
    one = await answered(house, 700)
    assert one.participant
    counted.append(await house.keystore.changes())
    await house.keystore.put_fences({one.participant.id: fence(one)}, house.chance)
    counted.append(await house.keystore.changes())
    await house.keystore.delete_link([one.participant.id])
    counted.append(await house.keystore.changes())
    await house.keystore.destroy_key([one.participant.case])
    counted.append(await house.keystore.changes())
    assert sorted(set(counted)) == counted
    assert (await house.keystore.fences(), counted[0]) == ({}, 0)


async def test_pause_and_move_reach_the_key_store(house: House) -> None:
    await check_belongs(house)
    before = await joined(house, 700)
    assert before.participant
    who, code = before.participant.id, before.participant.code
    assert await house.keystore.fences() == {}
    pause = Press(Verb.SET_PAUSE, before.chat.card.generation, 0, 2)
    await receive(house, [Arrived("c/1", 700, Pressed(pause, 5))])
    paused = (await house.keystore.fences())[who]
    until = house.clock.now()
    assert paused.paused_until is not None and paused.paused_until > until

    made = await make_relink(house, code, expires_days=1)
    await receive(house, [Arrived("m/2", 701, Start(made, 1))])
    moved = (await house.keystore.fences())[who]
    assert moved.chat == (await meet(house, 701)).chat.id
    async with house.database.read() as tx:
        assert await participants.chats_of(tx, [who]) == {who: moved.chat}
    assert timedelta(0) < paused.paused_until - until
