"""BU-01 a bundle holds what has consent, and nothing erased · BU-02 it appears complete or not at all, for its owner
BU-03 no address, chat id or token is in it · BU-04 the reader of the export finds nothing wrong with it.
"""

from __future__ import annotations

import stat
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from cora_bot.base.chance import SeededChance
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Status
from cora_bot.dialogue.turn import Turn
from cora_bot.export.bundle_facts import OutageFact
from cora_bot.export.bundle_reader import open_bundle
from cora_bot.usecases import outage
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.deliver import recover
from cora_bot.usecases.house import House
from tests.support.stores import BEGIN
from tests.support.turns import invited, joined, meet, occurrence, person, record, session, shown, write


async def _answered(house: House, address: int, code: str) -> bytes:
    before = await joined(house, address, code=code)
    made = record(house.chance, session(house.chance), "x")
    await write(house, before, Turn(before, records=(made,), occurrences=(occurrence("arrival", 1, BEGIN),)))
    return made.id


async def test_reader_finds_what_the_writer_put_in(tmp_path: Path, house: House) -> None:
    await recover(house)
    ids = [await _answered(house, 700 + n, code) for n, code in enumerate(("ZZZ-AAA", "AAA-ZZZ"))]
    await invited(house, await meet(house, 700))
    written = await write_bundle(house, tmp_path / "b", holder="Dr. A")
    with open_bundle(tmp_path / "b") as bundle:
        found = (bundle.records, [case.code for case in bundle.cases], len(bundle.occurrences), len(bundle.contacts))
        differences, source = bundle.differences, bundle.study_toml

    assert (tuple(sorted(each.hex() for each in ids)), ["AAA-ZZZ", "ZZZ-AAA"], 2, 1) == found
    assert (differences, source) == ((), house.script.study.source)
    assert (written.records, written.cases, written.erased) == (2, 2, 0)


async def test_bundle_says_where_there_was_an_outage_and_what_it_took(tmp_path: Path, house: House) -> None:
    """Two people of the same days, one of them cut off for a day and a half and twenty minutes."""
    for address, code, country in ((700, "AAA-AAA", "AF"), (701, "ZZZ-ZZZ", "IR")):
        before = await joined(house, address, code=code, country=country, zone="Asia/Kabul")
        made = record(house.chance, session(house.chance), "x")
        await write(house, before, Turn(before, records=(made,), occurrences=(occurrence("arrival", 1, BEGIN),)))
    begins = datetime(2026, 12, 3, 12)
    await outage.enter(house, "AF", begins, begins + timedelta(hours=36, minutes=20))
    await write_bundle(house, tmp_path / "b", holder="Dr. A")
    with open_bundle(tmp_path / "b") as bundle:
        found = [(each.code, each.outage_hours) for each in bundle.occurrences]
        outages, differences = bundle.outages, bundle.differences

    assert found == [("AAA-AAA", 37), ("ZZZ-ZZZ", 0)]
    assert (outages, differences) == ((OutageFact("AF", "2026-12-03T12:00", "2026-12-05T00:20"),), ())


async def test_answers_without_consent_and_erased_cases_stay_out(tmp_path: Path, house: House) -> None:
    await _answered(house, 700, "AAA-AAA")
    for address in (701, 702):
        before = await meet(house, address)
        who, open_one = person(house.chance, Status.ENROLLING), session(house.chance)
        began = replace(before, participant=who, session=open_one)
        await write(house, before, Turn(began, records=(record(house.chance, open_one, "x"),)))
    refusing = await meet(house, 702)
    assert refusing.participant is not None
    await write(house, refusing, Turn(replace(refusing, participant=None, session=None)))
    severed = await joined(house, 703)
    assert severed.participant is not None
    await write(house, severed, Turn(severed, records=(record(house.chance, session(house.chance), "x"),)))
    await house.keystore.destroy_key([severed.participant.case])
    async with house.database.read() as tx:
        stored = (await tx.execute(text("SELECT count(*) FROM record"))).scalar()
    written = await write_bundle(house, tmp_path / "b", holder="Dr. A")
    with open_bundle(tmp_path / "b") as bundle:
        erased = bundle.manifest.erased

    assert (stored, written.records) == (3, 1)
    assert erased == (refusing.participant.case.hex(),)


async def test_bundle_holds_no_address_and_no_moment_in_its_entries(tmp_path: Path, house: House) -> None:
    before = await joined(house, 918273645)
    await shown(house, before, "Geheim-Text")
    await write(house, before, Turn(before, records=(record(house.chance, session(house.chance), "Geheim-Antwort"),)))
    await write_bundle(house, tmp_path / "b", holder="Dr. A")
    with zipfile.ZipFile(tmp_path / "b") as bundle:
        everything = b"".join(bundle.read(name) for name in bundle.namelist())
        moments = {entry.date_time for entry in bundle.infolist()}

    chat = before.chat.id
    assert before.participant is not None
    assert before.participant.code.encode() in everything
    for secret in (b"918273645", b"Geheim", chat, chat.hex().encode(), before.participant.id.hex().encode()):
        assert everything.find(secret) == -1
    assert moments == {(1980, 1, 1, 0, 0, 0)}


async def test_bundle_that_fails_leaves_the_older_one_and_no_part(tmp_path: Path, house: House) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    await _answered(house, 700, "AAA-AAA")
    await write_bundle(house, folder / "b", holder="Dr. A")
    before = (folder / "b").read_bytes()
    async with house.database.transaction() as tx:
        await tx.execute(text("UPDATE record SET blob = id"))
    with pytest.raises(Exception, match="could not be opened"):
        await write_bundle(replace(house, chance=SeededChance("other")), folder / "b", holder="Dr. A")

    assert [path.name for path in folder.iterdir()] == ["b"]
    assert before == (folder / "b").read_bytes()
    assert stat.S_IMODE((folder / "b").stat().st_mode) == 0o600
