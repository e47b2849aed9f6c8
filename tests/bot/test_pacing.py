"""How fast the bot writes.

P-01 never above Telegram's limits, overall and per chat
P-02 replies find room while a wave of invitations goes out
P-03 a flood refusal is obeyed, by the chat or by the whole bot
P-04 one chat gets few calls of any kind, whatever it does; the others lose nothing by it
P-05 who has to wait for the whole bot's allowance is served in the order of asking
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pacing import BURST, CALLS_BURST, CALLS_PER_CHAT, OVERALL, RESERVE, Backoff, Pace

CHATS = st.sampled_from([b"a", b"b", b"c"])


@given(st.lists(st.tuples(CHATS, st.booleans(), st.booleans(), st.floats(0, 0.2)), max_size=200))
def test_pace_stays_under_the_limits(asks: list[tuple[bytes, bool, bool, float]]) -> None:
    pace, now = Pace(), 0.0
    taken: list[tuple[float, bytes, bool]] = []
    for chat, message, unsolicited, step in asks:
        now += step
        if pace.ask(chat, now, message=message, yielding=unsolicited) == 0:
            taken.append((now, chat, message))
    for begin, _, _ in taken:
        later = [one for one in taken if begin <= one[0]]
        for end, _, _ in later:
            within = [one for one in later if one[0] <= end]
            assert len(within) <= OVERALL + (end - begin) * OVERALL + len({chat for _, chat, _ in within})
            for chat in (b"a", b"b", b"c"):
                messages = [one for one in within if one[1] == chat and one[2]]
                assert len(messages) <= BURST + (end - begin) + 1e-6
                calls = [one for one in within if one[1] == chat]
                assert len(calls) <= CALLS_BURST + (end - begin) * CALLS_PER_CHAT + 1e-6


@given(CHATS, st.booleans(), st.floats(0, 1e6))
def test_the_named_wait_is_enough(chat: bytes, unsolicited: bool, start: float) -> None:
    pace = Pace()
    now = start
    for _ in range(10):
        wait = pace.ask(chat, now, message=True, yielding=unsolicited)
        if wait:
            now += wait + 1e-6
            assert pace.ask(chat, now, message=True, yielding=unsolicited) == 0


def test_short_burst_goes_out_at_once_and_the_next_waits_a_second() -> None:
    pace = Pace()
    assert [pace.ask(b"a", 100.0, message=True) for _ in range(4)] == [0, 0, 0, 1]
    assert pace.ask(b"b", 100.0, message=True) == 0


def test_edits_do_not_spend_the_chats_allowance() -> None:
    pace = Pace()
    assert [pace.ask(b"a", 100.0, message=False) for _ in range(10)] == [0] * 10
    assert pace.ask(b"a", 100.0, message=True) == 0


def test_one_chat_gets_a_few_calls_and_the_others_all_the_rest() -> None:
    pace = Pace()
    taken = [chat for _ in range(100) for chat in (b"flood", b"quick") if not pace.ask(chat, 100.0, message=False)]
    assert [taken.count(chat) for chat in (b"flood", b"quick")] == [CALLS_BURST, CALLS_BURST]
    assert pace.ask(b"third", 100.0, message=True) == 0
    assert 0 < pace.ask(b"flood", 100.0, message=False) <= 1 / CALLS_PER_CHAT


def test_replies_find_room_behind_a_wave_of_invitations() -> None:
    pace = Pace()
    waits = [pace.ask(bytes([n]), 0.0, message=True, yielding=True) for n in range(60)]
    assert waits.count(0) == int(OVERALL - RESERVE)
    replies = [pace.ask(bytes([99, n]), 0.0, message=True) for n in range(20)]
    assert replies.count(0) == int(RESERVE)


def test_whoever_waits_keeps_the_place_however_often_others_ask() -> None:
    pace = Pace(rate=10)
    assert not any(pace.ask(bytes([1, n]), 0.0, message=True) for n in range(10))
    waiting = [bytes([n]) for n in range(3)]
    waits = [pace.ask(chat, 0.0, message=True) for chat in waiting]
    assert waits == [pytest.approx(0.1), pytest.approx(0.2), pytest.approx(0.3)]
    later = [pace.ask(bytes([9, n]), 0.1, message=True) for n in range(50)]
    assert min(later) == pytest.approx(0.3)
    assert pace.ask(b"unsolicited", 0.1, message=True, yielding=True) > max(later)
    assert [pace.ask(chat, 0.301, message=True) for chat in waiting] == [0, 0, 0]


def test_a_refusal_of_the_whole_bot_ends_all_turns() -> None:
    pace = Pace(rate=10)
    assert [pace.ask(bytes([n]), 0.0, message=True) for n in range(20)].count(0) == 10
    pace.hold(None, 1.0)
    assert [pace.ask(bytes([n]), 1.0, message=True) for n in range(10, 30)].count(0) == 10


def test_a_place_that_nobody_took_up_in_time_is_nobodys() -> None:
    pace = Pace(rate=1)
    assert [pace.ask(chat, 0.0, message=True) for chat in (b"a", b"late", b"b")] == [0, 1, 2]
    assert pace.ask(b"late", 2.5, message=True) == pytest.approx(0.5)


def test_slow_pace_lets_unsolicited_messages_through() -> None:
    pace = Pace(rate=1)
    assert [pace.ask(b"a", now, message=True, yielding=True) for now in (0.0, 0.0, 1.0)] == [0, 1, 0]


def test_flood_refusal_holds_the_chat_alone() -> None:
    pace = Pace()
    pace.hold(b"a", 107.0)
    assert pace.ask(b"a", 100.0, message=False) == 7
    assert pace.ask(b"b", 100.0, message=False) == 0
    assert pace.ask(b"a", 107.0, message=False) == 0


def test_flood_refusal_of_the_bot_holds_everybody() -> None:
    pace = Pace()
    pace.hold(None, 103.0)
    assert pace.ask(b"b", 100.0, message=True) == 3
    assert pace.ask(b"b", 103.0, message=True) == 0


def test_idle_chats_are_forgotten() -> None:
    pace = Pace()
    for number in range(500):
        pace.ask(number.to_bytes(2, "big"), 1000.0, message=True)
    pace.ask(b"x", 1100.0, message=True)
    assert len(pace._chats) == 1


def test_rate_of_nothing_is_no_limit() -> None:
    pace = Pace(rate=0)
    assert {pace.ask(b"a", 0.0, message=True) for _ in range(1000)} == {0.0}


def test_backoff_doubles_up_to_its_most_and_starts_over() -> None:
    backoff = Backoff(first=0.5, most=4)
    assert [backoff.failed() for _ in range(5)] == [0.5, 1, 2, 4, 4]
    backoff.succeeded()
    assert backoff.failed() == 0.5


def test_paid_messages_go_beyond_the_free_allowance_but_not_past_a_chats_own_pace() -> None:
    pace = Pace(paid=900)
    gone = sum(pace.ask_paid(bytes([n]), 0.0) for n in range(200))
    assert (gone, pace.ask(b"reply", 0.0, message=True)) == (90, 0.0)
    assert [pace.ask_paid(b"one", 1.0) for _ in range(4)] == [True, True, True, False]
    pace.hold(None, 5.0)
    assert not pace.ask_paid(b"other", 2.0)


def test_nothing_is_paid_for_unless_wanted() -> None:
    assert not Pace().ask_paid(b"c", 0.0)
