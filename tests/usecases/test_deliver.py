"""DL-01 a row is committed as sending before it is given out · DL-02 each outcome has its one consequence
DL-03 unsolicited messages are judged at the moment of sending, and sent at most once whatever happens
DL-04 replies before waves, one in flight a chat, newer cards before older · DL-05 after a crash nothing is doubled
DL-06 a claim of which nobody knows whether it was committed holds up nobody, and sends nothing twice.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Conversation, Status
from cora_bot.dialogue.phrases import NEUTRAL
from cora_bot.dialogue.prompt import Prompt
from cora_bot.dialogue.turn import Turn
from cora_bot.store import outages, participants
from cora_bot.study.model import Step
from cora_bot.study.stretch import Outage
from cora_bot.usecases.deliver import ClaimInDoubt, claim, recover, settle
from cora_bot.usecases.exchange import (
    DeleteMessage,
    EditMessage,
    Gone,
    Outcome,
    Refused,
    Retry,
    Sending,
    SendMessage,
    Sent,
    Uncertain,
)
from cora_bot.usecases.house import House
from cora_bot.usecases.removing import owed
from tests.support.lines import Break, breaking
from tests.support.stores import BEGIN, Ground
from tests.support.turns import DAY, HOUR, card, invited, joined, meet, occurrence, prompt, shown, write

MINUTE = timedelta(minutes=1)


async def _rows(house: House, columns: str = "kind, state, outcome") -> list[tuple[object, ...]]:
    async with house.database.read() as tx:
        return [tuple(row) for row in await tx.execute(text(f"SELECT {columns} FROM outbox ORDER BY id"))]


async def _one(house: House) -> Sending:
    (sending,) = await claim(house)
    return sending


async def _settled(house: House, outcome: Outcome) -> Sending:
    sending = await _one(house)
    await settle(house, [(sending, outcome)])
    return sending


async def _live(house: House, message: int = 31, address: int = 700) -> Conversation:
    """A person whose card stands in the chat as ``message``."""
    await shown(house, await joined(house, address), "first")
    await _settled(house, Sent(message))
    return await meet(house, address)


# ---- claiming --------------------------------------------------------------------------------------------------------


async def test_claimed_row_is_committed_as_sending_before_it_is_given(ground: Ground, house: House) -> None:
    await shown(house, await joined(house, 700), "first")
    sending = await _one(house)
    async with ground.opened(house.script) as other:
        rows, again = await _rows(other, "state, means, attempts"), await claim(other)

    assert (sending.address, sending.call) == (700, SendMessage(prompt("first"), silent=True))
    assert (sending.unsolicited, sending.again) == (False, False)
    assert (rows, again) == ([("sending", "send", 1)], [])


async def test_card_that_stands_is_edited(house: House) -> None:
    await shown(house, await _live(house), "second")

    assert (await _one(house)).call == EditMessage(31, prompt("second"))


@pytest.mark.parametrize("why", ["fresh", "buried", "old"])
async def test_card_is_sent_anew_where_an_edit_would_not_serve(house: House, why: str) -> None:
    live = await _live(house)
    if why == "buried":
        live = replace(live, chat=replace(live.chat, card=replace(live.chat.card, buried=True)))
    if why == "old":
        house.clock.move(timedelta(hours=48, seconds=1))  # type: ignore[attr-defined]
    await shown(house, live, "second", fresh=why == "fresh")

    assert (await _one(house)).call == SendMessage(prompt("second"), silent=True)


async def test_newer_card_supersedes_one_that_waits_and_keeps_its_promise(house: House) -> None:
    live = await _live(house)
    after = await shown(house, live, "second", fresh=True)
    await shown(house, after, "third")

    assert (await _one(house)).call == SendMessage(prompt("third"), silent=True)
    assert [row[1] for row in await _rows(house)] == ["sent", "superseded", "sending"]


async def test_answer_supersedes_an_invitation_that_waits(house: House) -> None:
    await shown(house, await invited(house, await joined(house, 700)), "menu")
    await claim(house)

    assert await _rows(house, "unsolicited, state, outcome") == [(1, "superseded", "superseded"), (0, "sending", "")]


async def test_replies_go_before_unsolicited_messages_and_one_a_chat(house: House) -> None:
    for address in (701, 702):
        await invited(house, await joined(house, address))
    live = await joined(house, 700)
    await shown(house, live, "reply", key="r1")
    await write(house, await meet(house, 700), Turn(await meet(house, 700), stale=5))
    first, rest = await claim(house, limit=1), await claim(house, limit=9)
    await settle(house, [(first[0], Sent(31))])
    then = await claim(house, limit=9)

    assert [each.address for each in first] == [700]
    assert [(each.address, each.unsolicited) for each in rest] == [(701, True), (702, True)]
    assert [each.call for each in then] == [DeleteMessage(5)]


async def test_many_waiting_rows_are_claimed_oldest_first_up_to_the_limit(house: House) -> None:
    for address in range(700, 706):
        await shown(house, await joined(house, address), "x")

    assert [each.address for each in await claim(house, limit=4)] == [700, 701, 702, 703]
    assert [each.address for each in await claim(house, limit=4)] == [704, 705]


# ---- judged at the moment of sending ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"status": Status.STOPPED}, "stopped"),
        ({"paused_until": BEGIN + DAY}, "paused"),
        ({"paused_until": BEGIN + DAY, "wrong_person": True}, "wrong_person"),
    ],
)
async def test_invitation_lapses_when_the_person_is_not_to_be_asked(
    house: House, change: dict[str, object], outcome: str
) -> None:
    before = await invited(house, await joined(house, 700))
    assert before.participant is not None
    now_different = replace(before.participant, **change)  # type: ignore[arg-type]
    await write(house, before, Turn(replace(before, participant=now_different)))

    assert await claim(house) == []
    assert await _rows(house, "state, outcome, payload") == [("lapsed", outcome, None)]


async def test_invitation_lapses_when_the_chat_is_blocked(house: House) -> None:
    before = await invited(house, await joined(house, 700))
    await write(house, before, Turn(replace(before, chat=replace(before.chat, blocked=True))))

    assert await claim(house) == []
    assert await _rows(house, "state, outcome, payload") == [("lapsed", "blocked", None)]


@pytest.mark.parametrize(("step", "outcome"), [(Step.COMPLETE, "answered"), (Step.CANCELLED, "no_longer_due")])
async def test_invitation_lapses_when_its_occurrence_is_over(house: House, step: Step, outcome: str) -> None:
    before = await invited(house, await joined(house, 700))
    await write(house, before, Turn(before, occurrences=(occurrence("arrival", 1, BEGIN, step, next_at=None),)))

    assert await claim(house) == []
    assert await _rows(house, "state, outcome") == [("lapsed", outcome)]


async def test_invitation_waits_for_the_morning_and_a_reply_does_not(house: House) -> None:
    before = await joined(house, 700, zone="Europe/Berlin")
    house.clock.set(BEGIN.replace(hour=21))  # type: ignore[attr-defined]
    await invited(house, before)
    assert await claim(house) == []
    reply = await joined(house, 701)
    await shown(house, reply, "at night")
    assert (await _one(house)).address == 701

    house.clock.set(BEGIN.replace(day=2, hour=6, minute=59))  # type: ignore[attr-defined]
    assert await claim(house) == []
    house.clock.set(BEGIN.replace(day=2, hour=7))  # type: ignore[attr-defined]
    sending = await _one(house)
    assert (sending.address, sending.unsolicited) == (700, True)
    assert isinstance(sending.call, SendMessage)
    assert sending.call.silent is False


async def test_invitation_lapses_when_its_window_has_closed(house: House) -> None:
    await invited(house, await joined(house, 700))
    house.clock.move(7 * DAY)  # type: ignore[attr-defined]

    assert await claim(house) == []
    assert await _rows(house, "state, outcome") == [("lapsed", "late")]


async def test_invitation_follows_its_window_when_that_has_moved(house: House) -> None:
    """What counts is the window as it is at the moment of sending, not as it was when the row was written."""
    for address, closes in ((700, BEGIN + 9 * DAY), (701, BEGIN + 2 * DAY)):
        before = await invited(house, await joined(house, address))
        moved = occurrence("arrival", 1, BEGIN, Step.INVITED, sent=1, next_at=closes, closes=closes)
        await write(house, before, Turn(before, occurrences=(moved,)))
    house.clock.move(8 * DAY)  # type: ignore[attr-defined]

    assert [each.address for each in await claim(house)] == [700]
    assert await _rows(house, "state, outcome") == [("sending", ""), ("lapsed", "late")]


async def test_invitation_lapses_when_its_window_ends_before_the_morning(house: House) -> None:
    before = await joined(house, 700, zone="Europe/Berlin")
    house.clock.set(BEGIN.replace(hour=21))  # type: ignore[attr-defined]
    after = await invited(house, before)
    short = occurrence("arrival", 1, BEGIN, Step.INVITED, sent=1, closes=BEGIN.replace(day=2, hour=5))
    await write(house, after, Turn(after, occurrences=(replace(short, next_at=short.closes),)))

    assert await claim(house) == []
    assert await _rows(house, "state, outcome") == [("lapsed", "quiet_hours")]


async def test_break_that_is_over_at_the_moment_of_sending_holds_nothing(house: House) -> None:
    before = await invited(house, await joined(house, 700))
    assert before.participant is not None
    paused = replace(before.participant, paused_until=BEGIN + HOUR)
    await write(house, before, Turn(replace(before, participant=paused)))
    house.clock.move(HOUR)  # type: ignore[attr-defined]

    assert [each.unsolicited for each in await claim(house)] == [True]


async def test_invitation_that_had_to_wait_is_judged_once_more(house: House) -> None:
    """Telegram was away; when it is back, the person has asked for a break."""
    before = await invited(house, await joined(house, 700))
    await _settled(house, Retry(BEGIN + MINUTE, "not_sent"))
    assert before.participant is not None
    paused = replace(before.participant, paused_until=BEGIN + DAY)
    await write(house, before, Turn(replace(before, participant=paused)))
    house.clock.move(MINUTE)  # type: ignore[attr-defined]

    assert await claim(house) == []
    assert await _rows(house, "state, outcome") == [("lapsed", "paused")]


async def test_invitation_to_who_was_deleted_lapses(house: House) -> None:
    before = await invited(house, await joined(house, 700))
    assert before.participant is not None
    async with house.database.transaction() as tx:
        await participants.remove(tx, [before.participant.id])

    assert await claim(house) == []
    assert await _rows(house, "state, outcome") == [("lapsed", "gone")]


async def test_reply_goes_whatever_the_person_is_not_to_be_asked(house: House) -> None:
    """Stopped, in a break, at night: who has just pressed something waits for the answer."""
    house.clock.set(BEGIN.replace(hour=21))  # type: ignore[attr-defined]
    for address, change in ((700, {"status": Status.STOPPED}), (701, {"paused_until": BEGIN + DAY})):
        before = await joined(house, address, zone="Europe/Berlin")
        assert before.participant is not None
        now_different = replace(before.participant, **change)  # type: ignore[arg-type]
        await shown(house, replace(before, participant=now_different), "reply")

    assert [each.address for each in await claim(house)] == [700, 701]


async def _cut_off(house: House, place: str, days: int) -> None:
    async with house.database.transaction() as tx:
        begins = BEGIN.replace(hour=0, tzinfo=None)
        await outages.add(tx, Outage(place, begins, begins + days * DAY))


async def test_invitation_waits_for_the_end_of_an_outage_and_a_reply_does_not(house: House) -> None:
    await _cut_off(house, "AF", 3)
    await invited(house, await joined(house, 700, zone="Asia/Kabul", country="AF", hour=11))
    await invited(house, await joined(house, 701, zone="Asia/Kabul", country="other", hour=11))
    await shown(house, await joined(house, 702, zone="Asia/Kabul", country="AF", hour=11), "reply")
    assert [each.address for each in await claim(house)] == [702, 701]
    assert (await _rows(house, "state, outcome"))[0] == ("pending", "outage")

    end = BEGIN.replace(day=4, hour=6, minute=30)  # 11:00 in Kabul
    house.clock.set(end - MINUTE)  # type: ignore[attr-defined]
    assert await claim(house) == []
    house.clock.set(end)  # type: ignore[attr-defined]
    assert (await _one(house)).address == 700


async def test_invitation_lapses_when_its_window_ends_in_an_outage(house: House) -> None:
    await _cut_off(house, "Asia/Kabul", 30)
    await invited(house, await joined(house, 700, zone="Asia/Kabul", country="AF"))

    assert await claim(house) == []
    assert await _rows(house, "state, outcome") == [("lapsed", "outage")]


async def test_what_is_put_off_holds_up_nobody_behind_it(house: House) -> None:
    house.clock.set(BEGIN.replace(hour=21))  # type: ignore[attr-defined]
    for address in (700, 701, 702):
        await invited(house, await joined(house, address, zone="Europe/Berlin"))
    await invited(house, await joined(house, 703, zone="America/New_York"))

    assert [each.address for each in await claim(house, limit=2)] == [703]


async def test_what_cannot_be_opened_fails_alone(house: House) -> None:
    for address in (700, 701, 702):
        await shown(house, await joined(house, address), "reply")
    await invited(house, await joined(house, 703))
    await invited(house, await joined(house, 704))
    async with house.database.transaction() as tx:
        for change in (
            "UPDATE outbox SET payload = address_index FROM chat WHERE chat_id = chat.id AND outbox.id = 1",
            "UPDATE chat SET address = address_index FROM outbox WHERE chat_id = chat.id AND outbox.id = 2",
            "UPDATE participant SET profile = id WHERE id = (SELECT participant_id FROM outbox WHERE id = 4)",
        ):
            await tx.execute(text(change))

    assert [each.address for each in await claim(house)] == [702, 704]
    assert [row[1:] for row in await _rows(house)] == [
        ("failed", "unreadable"), ("failed", "unreadable"), ("sending", ""), ("failed", "unreadable"), ("sending", ""),
    ]  # fmt: skip


# ---- outcomes --------------------------------------------------------------------------------------------------------


async def test_sent_card_is_remembered_and_the_one_above_it_deleted(house: House) -> None:
    await shown(house, await _live(house), "second", fresh=True)
    await _settled(house, Sent(44))
    live = (await meet(house, 700)).chat.card

    assert (live.message, live.sent_at, live.buried) == (44, BEGIN, False)
    assert (await _one(house)).call == DeleteMessage(31)


async def test_card_too_old_to_be_deleted_is_emptied(house: House) -> None:
    live = await _live(house)
    house.clock.move(3 * DAY)  # type: ignore[attr-defined]
    await shown(house, live, "second")
    await _settled(house, Sent(44))

    assert (await _one(house)).call == EditMessage(31, Prompt(NEUTRAL))


async def test_sent_rows_keep_no_payload(house: House) -> None:
    await _live(house)

    assert await _rows(house, "state, payload, message") == [("sent", None, 31)]


async def test_edit_that_is_refused_comes_as_a_new_message(house: House) -> None:
    await shown(house, await _live(house), "second")
    await _settled(house, Refused("message to edit not found"))

    assert (await _one(house)).call == SendMessage(prompt("second"), silent=True)
    assert (await meet(house, 700)).chat.card.message is None


async def test_message_that_is_refused_fails(house: House) -> None:
    await shown(house, await joined(house, 700), "first")
    await _settled(house, Refused("message is too long"))

    assert await _rows(house) == [("card", "failed", "message is too long")]


async def test_deletion_that_is_refused_is_given_up_but_our_own_card_is_emptied(house: House) -> None:
    live = await _live(house)
    await write(house, live, Turn(live, remove=(5,), stale=7))
    (removal,) = await owed(house)
    await settle(house, [(removal, Refused("message can't be deleted"))])
    await _settled(house, Refused("message can't be deleted"))

    assert (await _settled(house, Sent(7))).call == EditMessage(7, Prompt(NEUTRAL))
    assert await _rows(house, "kind, state") == [("card", "sent"), ("retire", "failed"), ("empty", "sent")]
    assert await owed(house) == []


async def test_retry_waits_for_its_time_and_holds_the_chats_order(house: House) -> None:
    after = await shown(house, await joined(house, 700), "first")
    await write(house, after, Turn(after, stale=5))
    await _settled(house, Retry(BEGIN + MINUTE, "too_many"))
    assert await claim(house) == []

    house.clock.move(MINUTE)  # type: ignore[attr-defined]
    sending = await _one(house)
    assert (sending.call, sending.again) == (SendMessage(prompt("first"), silent=True), True)


async def test_limit_of_the_whole_bot_rests_everything_over_a_restart(ground: Ground, house: House) -> None:
    await shown(house, await joined(house, 700), "first")
    await shown(house, await joined(house, 701), "other")
    first = (await claim(house, limit=1))[0]
    await settle(house, [(first, Retry(BEGIN + MINUTE, "too_many", whole_bot=True))])
    async with ground.opened(house.script) as other:
        assert await claim(other) == []
        house.clock.move(MINUTE)  # type: ignore[attr-defined]
        assert [each.address for each in await claim(other)] == [700, 701]


async def test_unsolicited_message_is_never_repeated_when_it_is_uncertain(house: House) -> None:
    before = await joined(house, 700)
    await invited(house, before)
    await _settled(house, Uncertain("timed_out"))
    house.clock.move(HOUR)  # type: ignore[attr-defined]
    await invited(house, await meet(house, 700))  # the same key again

    assert await claim(house) == []
    assert await _rows(house, "unsolicited, state, outcome") == [(1, "uncertain", "timed_out")]


async def test_unsolicited_message_that_provably_was_not_sent_is_sent_later(house: House) -> None:
    await invited(house, await joined(house, 700))
    await _settled(house, Retry(BEGIN + MINUTE, "not_sent"))
    house.clock.move(MINUTE)  # type: ignore[attr-defined]

    assert (await _one(house)).unsolicited is True


async def test_uncertain_reply_is_repeated_once(house: House) -> None:
    await shown(house, await joined(house, 700), "first")
    await _settled(house, Uncertain("timed_out"))
    again = await _settled(house, Uncertain("timed_out"))
    house.clock.move(DAY)  # type: ignore[attr-defined]

    assert (again.again, await claim(house)) == (True, [])
    assert await _rows(house) == [("card", "uncertain", "timed_out")]


async def test_uncertain_edit_is_repeated_at_growing_distances_and_then_given_up(house: House) -> None:
    await shown(house, await _live(house), "second")
    waited = []
    for _ in range(6):
        began = house.clock.now()
        while not (claimed := await claim(house)):
            house.clock.move(timedelta(seconds=5))  # type: ignore[attr-defined]
        waited.append((house.clock.now() - began).total_seconds())
        await settle(house, [(claimed[0], Uncertain("timed_out"))])
    house.clock.move(DAY)  # type: ignore[attr-defined]

    assert waited == [0, 0, 5, 15, 35, 75]
    assert await claim(house) == []
    assert (await _rows(house))[-1] == ("card", "uncertain", "timed_out")


async def test_person_who_is_gone_is_marked_and_nothing_waits_for_them(house: House) -> None:
    after = await shown(house, await joined(house, 700), "first")
    await write(house, after, Turn(after, remove=(5,), stale=7))
    await _settled(house, Gone("blocked"))

    assert (await meet(house, 700)).chat.blocked is True
    assert await _rows(house) == [("card", "failed", "blocked"), ("retire", "lapsed", "unreachable")]
    assert await owed(house) == []


async def test_card_overtaken_while_it_was_under_way_is_not_sent_again(house: House) -> None:
    after = await shown(house, await _live(house), "second", fresh=True)
    sending = await _one(house)
    await shown(house, after, "third")
    await settle(house, [(sending, Retry(BEGIN, "not_sent"))])

    assert (await _one(house)).call == SendMessage(prompt("third"), silent=True)
    assert [row[1] for row in await _rows(house)] == ["sent", "superseded", "sending"]


async def test_outcome_of_a_row_that_is_no_longer_under_way_changes_nothing(house: House) -> None:
    await shown(house, await joined(house, 700), "first")
    sending = await _settled(house, Sent(31))
    await settle(house, [(sending, Sent(99)), (sending, Gone("blocked"))])
    await settle(house, [])
    after = await meet(house, 700)

    assert (after.chat.card.message, after.chat.blocked) == (31, False)


async def test_what_was_written_below_a_card_while_it_was_sent_keeps_burying_it(house: House) -> None:
    live = await _live(house)
    buried = replace(live, chat=card(live.chat, 5, buried=True))
    async with house.database.transaction() as tx:
        await tx.execute(text("UPDATE chat SET last_message = 50"))
    await shown(house, buried, "second")
    await _settled(house, Sent(44))
    assert (await meet(house, 700)).chat.card.buried is True

    await _settled(house, Sent(0))  # the old card's deletion
    await shown(house, await meet(house, 700), "third")
    assert (await _one(house)).call == SendMessage(prompt("third"), silent=True)


# ---- after a crash ---------------------------------------------------------------------------------------------------


async def test_unsolicited_message_under_way_at_a_crash_is_uncertain(ground: Ground, house: House) -> None:
    await invited(house, await joined(house, 700))
    await claim(house)
    async with ground.opened(house.script) as other:
        recovered = await recover(other)
        house.clock.move(DAY)  # type: ignore[attr-defined]
        assert await claim(other) == []

    assert (recovered, await _rows(house, "state, outcome")) == (1, [("uncertain", "process_ended")])


async def test_reply_under_way_at_a_crash_goes_once_more_and_after_a_second_crash_never(house: House) -> None:
    await shown(house, await joined(house, 700), "first")
    await claim(house)
    await recover(house)
    again = await _one(house)
    await recover(house)

    assert (again.again, await claim(house)) == (True, [])
    assert await _rows(house, "state") == [("uncertain",)]


async def test_edit_and_deletion_under_way_at_a_crash_go_again(house: House) -> None:
    live, other = await _live(house), await _live(house, 32, 701)
    await shown(house, live, "second")
    await write(house, other, Turn(other, stale=5))
    before = await claim(house)
    await recover(house)
    after = await claim(house)

    assert [each.call for each in before] == [EditMessage(31, prompt("second")), DeleteMessage(5)]
    assert [each.call for each in after] == [each.call for each in before]


async def test_recovery_of_nothing_does_nothing(house: House) -> None:
    assert await recover(house) == 0


# ---- when the store fails at a claim ---------------------------------------------------------------------------------


async def test_claim_whose_commit_nobody_answered_is_given_back_and_sent_once(house: House) -> None:
    await invited(house, await joined(house, 700))
    with pytest.raises(ClaimInDoubt) as doubt, breaking(house, Break(1, behind=True)):
        await claim(house)
    assert (await _rows(house), await claim(house)) == ([("card", "sending", "")], [])  # it was committed
    await settle(house, [(each, Retry(BEGIN, "claim_in_doubt")) for each in doubt.value.sendings])
    await _settled(house, Sent(31))
    assert (await _rows(house), await claim(house)) == ([("card", "sent", "")], [])


async def test_claim_that_was_not_committed_is_given_back_without_effect(house: House) -> None:
    await invited(house, await joined(house, 700))
    with pytest.raises(ClaimInDoubt) as doubt, breaking(house, Break(1)):
        await claim(house)
    before = await _rows(house, "state, attempts")
    await settle(house, [(each, Retry(BEGIN, "claim_in_doubt")) for each in doubt.value.sendings])
    assert (before, await _rows(house, "state, attempts")) == ([("pending", 0)], [("pending", 0)])


async def test_store_that_fails_where_nothing_is_claimed_leaves_no_doubt(house: House) -> None:
    before = await invited(house, await joined(house, 700))
    await write(house, before, Turn(replace(before, chat=replace(before.chat, blocked=True))))
    with pytest.raises(InterfaceError), breaking(house, Break(1, behind=True)):
        await claim(house)
    assert (await claim(house), await _rows(house, "state")) == ([], [("lapsed",)])
