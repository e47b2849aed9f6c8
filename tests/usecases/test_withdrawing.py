"""WD-01 answers taken back leave bundles in the transaction of the press, and come again when it is undone in time
WD-02 after seven days, or at once, link or answers are gone for good: of this person alone
WD-03 killed after any commit, the next process ends what was begun, and no bundle in between holds the answers
WD-04 somebody who comes back at the last moment is not deleted · WD-05 a cut case still opens, under another name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from cora_bot.base.chance import SeededChance
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.conversation import Participant, Status, Withdrawal
from cora_bot.dialogue.handlers.withdrawing import CHOICES, REPENT
from cora_bot.dialogue.inputs import Command, CommandName, Verb
from cora_bot.dialogue.turn import Turn
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.export.export_bundle import export_bundle
from cora_bot.store import participants
from cora_bot.usecases import cutting, withdrawing
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.deliver import recover
from cora_bot.usecases.due import due
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_relink
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.receive import receive
from tests.support.killed import Killed, killed_after
from tests.support.phone import Phone
from tests.support.stores import BEGIN, Ground
from tests.support.turns import HOUR, joined, meet, record, session, write

MINE, OTHERS = 700, 701
COMMITS_AT_ONCE = 6
"""The fence; key destroyed, file rewritten; link destroyed, file rewritten; the note that it was done."""
COMMITS_LATER = 6


@dataclass(slots=True)
class Pair:
    """Somebody who withdraws, and somebody whom it must not touch."""

    mine: Participant
    other: Participant
    phone: Phone


async def _pair(house: House) -> Pair:
    await recover(house)
    house.database.careful = 0  # as after a hundred updates: each commit below is one of the withdrawal
    people = [await _answered(house, address) for address in (MINE, OTHERS)]
    return Pair(people[0], people[1], Phone(house, MINE))


async def _answered(house: House, address: int) -> Participant:
    before = await joined(house, address)
    await write(house, before, Turn(before, records=(record(house.chance, session(house.chance), "x"),)))
    assert before.participant is not None
    return (await meet(house, address)).participant or before.participant


async def _withdraw(pair: Pair, choice: Withdrawal) -> None:
    phone, index = pair.phone, CHOICES.index(choice)
    await phone.happens(phone.arrived(Command(CommandName.STOP, 90)))
    await phone.happens(phone.pressed(Verb.CHOOSE_STOP, index))
    await phone.happens(phone.pressed(Verb.CONFIRM_STOP, index))


async def _at_once(pair: Pair) -> None:
    await pair.phone.happens(pair.phone.pressed(Verb.FINISH, 0))
    await pair.phone.happens(pair.phone.pressed(Verb.FINISH, 1))


async def _cases(house: House, folder: Path) -> dict[str, int]:
    """The cases a bundle names now, and the erased ones as -1; how many records it holds is checked on the way."""
    path = folder / f"{house.chance.bytes(4).hex()}.bundle"
    await write_bundle(house, path, holder="Anna")
    with open_bundle(path) as bundle:
        assert bundle.differences == ()
        erased = dict.fromkeys(bundle.manifest.erased, -1)
        return {case.case: len(bundle.records) for case in bundle.cases} | erased


async def _rows(house: House, *names: str) -> list[int]:
    async with house.database.read() as tx:
        return [int((await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()) for name in names]


async def _held(house: House, people: Sequence[Participant]) -> list[tuple[bool, bool]]:
    """Of each: whether the link stands, whether the erasure key stands."""
    links = await house.keystore.links([each.id for each in people])
    keys = await house.keystore.erasure_keys([each.case for each in people])
    return [(each.id in links, each.case in keys) for each in people]


async def test_answers_leave_bundles_with_the_press_and_come_again_when_undone(tmp_path: Path, house: House) -> None:
    pair = await _pair(house)
    before = await _cases(house, tmp_path)
    await _withdraw(pair, Withdrawal.ANSWERS)
    after = await _cases(house, tmp_path)
    house.clock.set(BEGIN + REPENT - HOUR)  # type: ignore[attr-defined]
    await maintain(house)
    await pair.phone.happens(pair.phone.arrived(Command(CommandName.MENU, 91)))
    await pair.phone.happens(pair.phone.pressed(Verb.UNPAUSE))
    house.clock.set(BEGIN + REPENT + HOUR)  # type: ignore[attr-defined]
    await maintain(house)
    undone = await _cases(house, tmp_path)
    mine = (await meet(house, MINE)).participant

    assert before == {pair.mine.case.hex(): 2, pair.other.case.hex(): 2}
    assert after == {pair.other.case.hex(): 1}
    assert undone == before
    assert mine is not None
    assert (mine.status, mine.withdrawal, mine.withdraws_at) == (Status.ACTIVE, None, None)


async def test_after_seven_days_the_answers_are_gone_for_good(tmp_path: Path, house: House) -> None:
    pair = await _pair(house)
    await _withdraw(pair, Withdrawal.ANSWERS)
    house.clock.set(BEGIN + REPENT)  # type: ignore[attr-defined]
    while await due(house):
        pass
    await pair.phone.deliver()

    assert await _held(house, [pair.mine, pair.other]) == [(False, False), (True, True)]
    assert await _rows(house, "record", "participant", "cutting", "erased_case") == [1, 1, 0, 1]
    assert await _cases(house, tmp_path) == {pair.other.case.hex(): 1, pair.mine.case.hex(): -1}
    assert (await meet(house, MINE)).participant is None
    assert [prompt.rows for prompt in pair.phone.messages.values()] == [()]


async def test_after_seven_days_only_the_link_is_cut(tmp_path: Path, house: House) -> None:
    pair = await _pair(house)
    await _withdraw(pair, Withdrawal.LINK)
    in_between = await _cases(house, tmp_path)
    house.clock.set(BEGIN + REPENT)  # type: ignore[attr-defined]
    await maintain(house)

    assert in_between == {pair.mine.case.hex(): 2, pair.other.case.hex(): 2}
    assert await _held(house, [pair.mine, pair.other]) == [(False, True), (True, True)]
    assert await _rows(house, "record", "participant", "cutting", "erased_case") == [2, 1, 0, 0]
    assert await _cases(house, tmp_path) == in_between


async def test_cut_case_opens_on_the_researchers_computer_under_another_name(
    tmp_path: Path, house: House, ground: Ground
) -> None:
    await recover(house)
    phone = Phone(house, MINE)
    await phone.enrol(returned="30.11.2026")
    mine = (await meet(house, MINE)).participant
    assert mine is not None
    await _withdraw(Pair(mine, mine, phone), Withdrawal.LINK)
    await _at_once(Pair(mine, mine, phone))
    await write_bundle(house, tmp_path / "b", holder="Anna")
    account = export_bundle(
        tmp_path / "b", ground.identities, tmp_path / "out", language="", now=house.clock.now(),
        chance=SeededChance(1), progress=lambda *_: None,
    )  # fmt: skip
    exported = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.csv"))

    assert (account.fits, account.exported) == (True, 1)
    assert f"cut-{mine.case.hex()[:12]}" in exported
    assert mine.code not in exported


@pytest.mark.parametrize("choice", [Withdrawal.LINK, Withdrawal.ANSWERS])
async def test_at_once_does_it_with_the_press(choice: Withdrawal, house: House) -> None:
    pair = await _pair(house)
    await _withdraw(pair, choice)
    await _at_once(pair)

    keeps = choice is Withdrawal.LINK
    assert await _held(house, [pair.mine, pair.other]) == [(False, keeps), (True, True)]
    assert await _rows(house, "record", "participant", "cutting") == [2 if keeps else 1, 1, 0]
    assert (await meet(house, MINE)).participant is None


async def test_code_for_a_new_phone_dies_with_its_person(house: House) -> None:
    pair = await _pair(house)
    code = await make_relink(house, pair.mine.code, expires_days=7)
    await _withdraw(pair, Withdrawal.LINK)
    await _at_once(pair)
    other = Phone(house, 702)
    await other.happens(other.written(code))

    assert other.text == house.script.phrases.say(p.CODE_UNKNOWN, "de")
    assert await _rows(house, "token", "parked_update") == [0, 0]


async def _check_over(house: House, pair: Pair, folder: Path) -> None:
    assert await _held(house, [pair.mine, pair.other]) == [(False, False), (True, True)]
    assert await _rows(house, "record", "participant", "cutting", "erased_case") == [1, 1, 0, 1]
    assert await _cases(house, folder) == {pair.other.case.hex(): 1, pair.mine.case.hex(): -1}


@pytest.mark.parametrize("commits", range(1, COMMITS_AT_ONCE + 1))
async def test_killed_after_any_commit_at_once_is_ended_by_the_next_process(
    commits: int, tmp_path: Path, house: House, ground: Ground
) -> None:
    pair = await _pair(house)
    await _withdraw(pair, Withdrawal.ANSWERS)
    await pair.phone.happens(pair.phone.pressed(Verb.FINISH, 0))
    with pytest.raises(Killed), killed_after(house, commits):
        await pair.phone.happens(pair.phone.pressed(Verb.FINISH, 1))
    async with ground.opened(house.script) as next_house:
        in_between = await _cases(next_house, tmp_path)
        await maintain(next_house)
        await _check_over(next_house, pair, tmp_path)

    assert in_between == {pair.other.case.hex(): 1, pair.mine.case.hex(): -1}


@pytest.mark.parametrize("commits", range(1, COMMITS_LATER + 1))
async def test_killed_after_any_commit_later_is_ended_by_the_next_process(
    commits: int, tmp_path: Path, house: House, ground: Ground
) -> None:
    pair = await _pair(house)
    await _withdraw(pair, Withdrawal.ANSWERS)
    house.clock.set(BEGIN + REPENT)  # type: ignore[attr-defined]
    with pytest.raises(Killed), killed_after(house, commits):
        await withdrawing.carry_out(house)
        await cutting.follow(house)
    async with ground.opened(house.script) as next_house:
        in_between = await _cases(next_house, tmp_path)
        await maintain(next_house)
        await _check_over(next_house, pair, tmp_path)

    assert in_between == {pair.other.case.hex(): 1, pair.mine.case.hex(): -1}


async def test_all_commits_were_killed_at(house: House) -> None:
    """The numbers above are those of the code: one more kill hits nothing."""
    pair = await _pair(house)
    await _withdraw(pair, Withdrawal.ANSWERS)
    await pair.phone.happens(pair.phone.pressed(Verb.FINISH, 0))
    receive_alone = pair.phone.pressed(Verb.FINISH, 1)
    with killed_after(house, COMMITS_AT_ONCE + 1):
        await receive(house, [receive_alone])


async def test_who_comes_back_while_the_lock_is_waited_for_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = await _pair(house)
    await _withdraw(pair, Withdrawal.ANSWERS)
    house.clock.set(BEGIN + REPENT)  # type: ignore[attr-defined]
    stale = [pair.mine.id]

    async def found_before(*_: object) -> list[bytes]:
        return [stale.pop()] if stale else []

    await pair.phone.happens(pair.phone.arrived(Command(CommandName.MENU, 91)))
    await pair.phone.happens(pair.phone.pressed(Verb.UNPAUSE))
    monkeypatch.setattr(participants, "withdrawing", found_before)
    done = await withdrawing.carry_out(house)

    assert done == 0
    assert await _held(house, [pair.mine]) == [(True, True)]
