"""SV-01 a dry run changes nothing · SV-02 the code is good a day later, for two weeks, once, and no other is
SV-03 severed: no person, address, link or code is left, records and their keys stay, who took answers back loses them
SV-04 killed after any commit, the next process ends it · SV-05 nobody comes in any more.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Status, Withdrawal
from cora_bot.dialogue.turn import Turn
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.usecases import severing
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_relink, make_tokens
from cora_bot.usecases.maintain import maintain
from cora_bot.usecases.severing import EARLIEST, LATEST, Plan
from tests.support.killed import Killed, killed_after
from tests.support.stores import BEGIN, Ground
from tests.support.turns import DAY, joined, meet, person, record, session, write

COMMITS = 7
"""The end noted; people gone; the key store follows (keys, file, links, file, note)."""


async def _people(house: House) -> list[bytes]:
    """Somebody who takes part, somebody who took answers back, somebody enrolling; their cases."""
    cases = []
    for address in (700, 701):
        before = await joined(house, address)
        await write(house, before, Turn(before, records=(record(house.chance, session(house.chance), "x"),)))
        assert before.participant is not None
        cases.append(before.participant.case)
    leaving = await meet(house, 701)
    assert leaving.participant is not None
    fields = {"status": Status.STOPPED, "withdrawal": Withdrawal.ANSWERS, "withdraws_at": BEGIN + 7 * DAY}
    after = replace(leaving, participant=replace(leaving.participant, **fields))  # type: ignore[arg-type]
    await write(house, leaving, Turn(after))
    before = await meet(house, 702)
    begun = person(house.chance, Status.ENROLLING)
    open_one = session(house.chance)
    enrolling = replace(before, participant=begun, session=open_one)
    await write(house, before, Turn(enrolling, records=(record(house.chance, open_one, "x"),)))
    return [*cases, begun.case]


async def _rows(house: House, *names: str) -> list[int]:
    async with house.database.read() as tx:
        return [int((await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()) for name in names]


async def _check_severed(house: House, cases: list[bytes], folder: Path) -> None:
    assert await _rows(house, "participant", "session", "occurrence", "token", "record", "cutting") == [
        0,
        0,
        0,
        0,
        1,
        0,
    ]
    assert await house.keystore.has_links() is False
    assert list(await house.keystore.erasure_keys(cases)) == cases[:1]
    await write_bundle(house, folder / "after", holder="Anna")
    with open_bundle(folder / "after") as bundle:
        assert [(case.case, case.status) for case in bundle.cases] == [(cases[0].hex(), "cut")]
        assert (len(bundle.records), bundle.differences) == (1, ())


async def test_dry_run_counts_and_changes_nothing(house: House) -> None:
    await _people(house)
    before = await _rows(house, "participant", "record", "token", "meta")

    assert await severing.dry_run(house) == Plan(people=3, active=1, records=3)
    assert await _rows(house, "participant", "record", "token", "meta") == before


async def test_second_step_severs_everybody(tmp_path: Path, house: House) -> None:
    cases = await _people(house)
    await make_tokens(house, 2, expires_days=30)
    prepared = await severing.prepare(house)
    house.clock.move(EARLIEST)  # type: ignore[attr-defined]
    plan = await severing.approve(house, prepared.code.lower())

    assert plan == Plan(people=3, active=1, records=3)
    await _check_severed(house, cases, tmp_path)
    house.clock.move(2 * DAY)  # type: ignore[attr-defined]
    await maintain(house)
    assert await _rows(house, "chat") == [0]


@pytest.mark.parametrize(
    ("waited", "why"),
    [(EARLIEST - timedelta(seconds=1), "not a day old"), (LATEST + timedelta(seconds=1), "too old")],
)
async def test_code_at_the_wrong_time_is_refused(waited: timedelta, why: str, house: House) -> None:
    await _people(house)
    prepared = await severing.prepare(house)
    house.clock.move(waited)  # type: ignore[attr-defined]
    with pytest.raises(CoraError, match=why):
        await severing.approve(house, prepared.code)

    assert await _rows(house, "participant") == [3]


async def test_other_older_and_cancelled_codes_are_refused(house: House) -> None:
    await _people(house)
    older = await severing.prepare(house)
    newer = await severing.prepare(house)
    house.clock.move(EARLIEST)  # type: ignore[attr-defined]
    for wrong in ("", "AAAA-AAAA-AAAA", older.code):
        with pytest.raises(CoraError, match="not the code"):
            await severing.approve(house, wrong)
    await severing.cancel(house)
    with pytest.raises(CoraError, match="nothing was prepared"):
        await severing.approve(house, newer.code)

    assert await _rows(house, "participant") == [3]


async def test_nobody_comes_in_and_nothing_is_prepared_after_the_end(house: House) -> None:
    await _people(house)
    known = (await meet(house, 700)).participant
    assert known is not None
    prepared = await severing.prepare(house)
    house.clock.move(EARLIEST)  # type: ignore[attr-defined]
    await severing.approve(house, prepared.code)
    for step in (
        severing.prepare(house), severing.approve(house, prepared.code), make_tokens(house, 1, expires_days=1),
        make_relink(house, known.code, expires_days=1),
    ):  # fmt: skip
        with pytest.raises(CoraError, match="cut off from its people"):
            await step


@pytest.mark.parametrize("commits", range(1, COMMITS + 1))
async def test_killed_after_any_commit_the_next_process_ends_it(
    commits: int, tmp_path: Path, house: House, ground: Ground
) -> None:
    cases = await _people(house)
    prepared = await severing.prepare(house)
    house.clock.move(EARLIEST)  # type: ignore[attr-defined]
    with pytest.raises(Killed), killed_after(house, commits):
        await severing.approve(house, prepared.code)
    async with ground.opened(house.script) as next_house:
        await maintain(next_house)
        await _check_severed(next_house, cases, tmp_path)
