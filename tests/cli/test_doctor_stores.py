"""CL-53 the doctor reads both engines' stores, in a transaction that can write nothing."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, text

from cora_bot.base.values import replace
from cora_bot.cli.doctor.examined import Examined
from cora_bot.cli.doctor.stores import stores
from cora_bot.dialogue.script import Script
from cora_bot.settings import read_settings
from cora_bot.store.tables import participant
from cora_bot.study.model import Alerts
from cora_bot.usecases import staff_phones
from cora_bot.usecases.belonging import check_belongs
from tests.support.phone import Phone
from tests.support.stores import *  # noqa: F403
from tests.support.stores import BEGIN, Ground


def examined(ground: Ground, script: Script) -> Examined:
    addresses = {"CORA_DATABASE": ground.database_url, "CORA_KEYSTORE": ground.keystore_url}
    return Examined(read_settings(addresses), script, ground.keys)


async def test_stores_in_order(bare_ground: Ground, script: Script) -> None:
    async with bare_ground.opened(script) as house:
        await check_belongs(house)
        await Phone(house).enrol(returned="2026-11-28")
    checked = await stores(examined(bare_ground, script), BEGIN)
    assert (checked.said, checked.problems) == ("schema 0001, 1 people", ())


async def test_clock_behind_the_stores_is_found(bare_ground: Ground, script: Script) -> None:
    async with bare_ground.opened(script) as house:
        await Phone(house).enrol(returned="2026-11-28")
    checked = await stores(examined(bare_ground, script), BEGIN - timedelta(hours=1))
    assert [problem.code for problem in checked.problems] == ["doctor.clock"]


async def test_people_without_case_are_found(bare_ground: Ground, script: Script) -> None:
    async with bare_ground.opened(script) as house:
        await Phone(house).enrol(returned="2026-11-28")
        async with house.database.read() as tx:
            ids = list((await tx.execute(select(participant.c.id))).scalars())
        await house.keystore.delete_link(ids)
    (problem,) = (await stores(examined(bare_ground, script), BEGIN)).problems
    assert (problem.severity, problem.message.partition(":")[2][:28]) == ("warning", " 1 people have no case: thei")


async def test_database_that_does_not_answer_is_found(script: Script) -> None:
    ground_settings = {
        "CORA_DATABASE": "postgresql+asyncpg://cora@127.0.0.1:1/cora",
        "CORA_KEYSTORE": "postgresql+asyncpg://cora@127.0.0.1:1/keystore",
    }
    (problem,) = (await stores(Examined(read_settings(ground_settings), script), BEGIN)).problems
    assert problem.message.startswith("stores: cannot be read (")


async def test_duty_that_cannot_be_reached_is_found(ground: Ground, script: Script) -> None:
    rules = Alerts("check_ins", ("Anna", "Ben"), timedelta(hours=4), {"en": "Soon."})
    alerting = replace(script, study=replace(script.study, alerts=rules))
    async with ground.opened(alerting) as house:
        code = await staff_phones.add(house, "Anna", language="en", duty=True, expires_days=1)
        unheard = (await stores(examined(ground, alerting), BEGIN)).problems
        phone = Phone(house)
        await phone.happens(phone.started(code))
        half = (await stores(examined(ground, alerting), BEGIN)).problems

    assert [(each.severity, each.code) for each in unheard] == [("error", "doctor.alerts")]
    assert [(each.severity, each.message.partition(":")[2][:4]) for each in half] == [("warning", " Ben")]


async def test_audit_log_that_was_changed_is_found(ground: Ground, script: Script) -> None:
    async with ground.opened(script) as house:
        await Phone(house).enrol(returned="2026-11-28")
        whole = (await stores(examined(ground, script), BEGIN)).problems
        async with house.database.transaction() as tx:
            await tx.execute(text("UPDATE audit SET action = 'nothing' WHERE seq = 1"))
        changed = (await stores(examined(ground, script), BEGIN)).problems

    assert (whole, [each.code for each in changed]) == ((), ["doctor.audit"])
