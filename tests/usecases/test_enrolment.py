"""UC-01 the whole path on the real dialogue: code, consent, schedule, invitation, answers, sealed, bundled, opened
UC-02 refusing leaves the used token and a count, and nothing else · UC-03 a code lets in one person, once.
"""

from __future__ import annotations

import csv
import io
import json
import stat
import zipfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from cora_bot.dialogue.inputs import Verb
from cora_bot.store import counters
from cora_bot.usecases import deliver, due
from cora_bot.usecases.bundle import write_bundle
from cora_bot.usecases.house import House
from cora_bot.usecases.invite import make_tokens
from cora_bot.usecases.people import people
from cora_bot.usecases.receive import receive
from cora_bot.vault.record import open_record
from tests.support.phone import Phone
from tests.support.stores import Ground
from tests.support.turns import DAY, HOUR


async def _everything_due(house: House, phone: Phone) -> None:
    while await due.due(house):
        pass
    await phone.deliver()


async def test_answers_travel_from_the_phone_to_the_researcher(tmp_path: Path, ground: Ground, house: House) -> None:
    await deliver.recover(house)
    phone = Phone(house)
    await phone.enrol(returned="20.11.2026")
    house.clock.move(4 * DAY)  # type: ignore[attr-defined]
    for _ in range(24):
        house.clock.move(HOUR)  # type: ignore[attr-defined]
        await _everything_due(house, phone)
    assert phone.has(Verb.OPEN)

    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.answer_first(2)
    await phone.happens(phone.pressed(Verb.MENU))
    await phone.happens(phone.pressed(Verb.LEAVE))
    await phone.happens(phone.pressed(Verb.CONFIRM_LEAVE))
    written = await write_bundle(house, tmp_path / "a.bundle", holder="test")
    (person,) = await people(house)

    with zipfile.ZipFile(tmp_path / "a.bundle") as bundle:
        names = bundle.namelist()
        manifest = json.loads(bundle.read("manifest.json"))
        tables = {
            name: list(csv.DictReader(io.StringIO(bundle.read(f"{name}.csv").decode())))
            for name in ("cases", "occurrences", "contacts")
        }
        opened = [
            open_record(
                bundle.read(name), ground.identities[:1], study=house.script.study.id, case=tables["cases"][0]["case"],
                record=Path(name).stem,
            )
            for name in names
            if name.startswith("records/")
        ]  # fmt: skip
    kinds = sorted((str(head.kind), head.wave, head.number) for head, _ in opened)
    assert kinds[0] == ("consent", "", 0)
    assert kinds[-1] == ("partial", "arrival", 1)
    assert (written.records, written.cases, written.erased) == (len(opened), 1, 0)
    assert manifest["counts"] == {
        "records": len(opened), "cases": 1, "occurrences": len(tables["occurrences"]), "contacts": 1, "outages": 0,
        "forms": len(house.script.forms),
    }  # fmt: skip
    assert manifest["recipients"] == [recipient.fingerprint() for recipient in house.recipients]
    (contact,) = tables["contacts"]
    assert (contact["code"], contact["reason"], contact["state"]) == (person.code, "invitation:arrival", "sent")
    assert (person.language, person.zone, person.status) == ("de", "Asia/Kabul", "active")
    assert person.last_contact is not None
    assert person.next_due is not None
    assert stat.S_IMODE((tmp_path / "a.bundle").stat().st_mode) == 0o600


async def test_refusing_leaves_the_used_token_and_a_count(house: House) -> None:
    phone = Phone(house)
    (code,) = await make_tokens(house, 1, expires_days=7)
    await phone.happens(phone.started(code))
    await phone.happens(phone.pressed(Verb.SET_LANGUAGE, 1))
    await phone.happens(phone.pressed(Verb.LEAVE))
    await phone.happens(phone.pressed(Verb.CONFIRM_LEAVE))
    async with house.database.read() as tx:
        names = ("participant", "session", "occurrence", "record", "chat_participant")
        left = [(await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar() for name in names]
        token = (await tx.execute(text("SELECT state FROM token"))).scalar_one()
        counted = await counters.read(tx)

    assert left == [0, 0, 0, 0, 0]
    assert (token, counted["refused"]) == ("used", 1)


async def test_one_code_lets_in_one_of_two_people_in_the_same_batch(house: House) -> None:
    (code,) = await make_tokens(house, 1, expires_days=7)
    first, second = Phone(house, 701), Phone(house, 702)
    await receive(house, [first.started(code), second.written(f" {code.lower().replace('-', ' ')} ")])
    async with house.database.read() as tx:
        count = (await tx.execute(text("SELECT count(*) FROM participant"))).scalar()

    assert count == 1


async def test_code_lets_nobody_in_after_its_day(house: House) -> None:
    (code,) = await make_tokens(house, 1, expires_days=7)
    house.clock.move(timedelta(days=7))  # type: ignore[attr-defined]
    phone = Phone(house)
    await phone.happens(phone.started(code))
    async with house.database.read() as tx:
        count = (await tx.execute(text("SELECT count(*) FROM participant"))).scalar()
        state = (await tx.execute(text("SELECT state FROM token"))).scalar_one()

    assert (count, state) == (0, "open")
