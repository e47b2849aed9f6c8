"""Somebody of the team must look at a person's answers: told without content, one after the other until one takes it.

What there is to see lies sealed in the next bundle; nobody reads it on the server, nor in a notice. An alert that is
taken stays open until it is said to be done.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Input, Press, Pressed, Verb
from cora_bot.dialogue.prompt import Button
from cora_bot.store import alerts, staff_phones
from cora_bot.store.alerts import Alert
from cora_bot.store.apply import Step
from cora_bot.store.audit_log import Noted
from cora_bot.store.database import Tx
from cora_bot.study.model import Alerts
from cora_bot.usecases import audit_log
from cora_bot.usecases.house import House
from cora_bot.usecases.staff_phones import Notice, tell_staff

UNHEARD = timedelta(minutes=15)
"""While nobody on duty can be reached it is tried again this often."""

DONE_KEPT = timedelta(days=90)


async def raised(house: House, tx: Tx, steps: Sequence[Step]) -> None:
    """What these turns raised, in the transaction that stores the answers: an answer without its alert cannot be."""
    for step in steps:
        person = step.turn.conversation.participant
        if step.turn.alert and person is not None:
            made = await alerts.add(tx, person.code, keys=house.keys, chance=house.chance, now=house.clock.now())
            await _tell(house, tx, made)


async def escalate(house: House) -> int:
    """Tells the next on duty where nobody has taken it in time; how many alerts that were."""
    now = house.clock.now()
    async with house.database.read() as tx:
        first = await alerts.earliest(tx)
    if first is None or first > now:
        return 0
    async with house.database.transaction() as tx:
        waiting = await alerts.due(tx, house.keys, now)
        for each in waiting:
            await _tell(house, tx, each)
    return len(waiting)


async def _tell(house: House, tx: Tx, alert: Alert) -> None:
    """The next one of the list who can be reached; after the last, all of them, again and again."""
    rules, now = house.script.study.alerts, house.clock.now()
    told, reached = alert.told, False
    if rules is not None:
        while not reached and told < len(rules.duty):
            reached = await _told(house, tx, alert, names=(rules.duty[told],), turn=told)
            told += 1
        if not reached:
            reached = await _told(house, tx, alert, names=rules.duty, turn=told)
            told += 1
    if not reached:
        log("alert_unheard", level=logging.ERROR, number=alert.number)
    wait = rules.escalate_after if rules is not None and reached else UNHEARD
    await alerts.escalated(tx, alert.number, told=told if reached else alert.told, next_at=now + wait)


async def _told(house: House, tx: Tx, alert: Alert, *, names: Sequence[str], turn: int) -> bool:
    take = Button(p.ALERT_TAKE, Press(Verb.TAKE, choice=alert.number))
    phrase = p.ALERT_AGAIN if alert.told else p.ALERT
    notice = Notice(f"alert/{alert.id.hex()}/{turn}", phrase, _codes(alert), (take,))
    return bool(await tell_staff(house, tx, notice, names=names))


def _codes(alert: Alert) -> dict[str, str]:
    return {"case": alert.code, "number": str(alert.number)}


# ---- taken, done -----------------------------------------------------------------------------------------------------


async def pressed(house: House, tx: Tx, happened: Input, chat: bytes) -> str | None:
    """The button under a notice: what is to be said to whoever pressed it. None where it is for the dialogue."""
    if not isinstance(happened, Pressed) or happened.press.verb is not Verb.TAKE:
        return None
    staff = next((each for each in await staff_phones.every(tx) if each.chat == chat), None)
    if staff is None:
        return None  # whoever was taken out of the list takes nothing
    say = house.script.phrases.say
    alert = await alerts.find(tx, house.keys, happened.press.choice)
    if alert is None or alert.taken_at is not None or alert.done_at is not None:
        return say(p.ALERT_HAS_SOMEBODY, staff.language)
    await alerts.take(tx, alert.number, by=staff.name, now=house.clock.now())
    await _tell_the_others(house, tx, alert, but=staff.chat)
    await audit_log.note(house, tx, Noted("alert_taken", facts={"number": str(alert.number), "name": staff.name}))
    log("alert_taken", number=alert.number)
    return say(p.ALERT_NOTED, staff.language)


async def _tell_the_others(house: House, tx: Tx, alert: Alert, *, but: bytes | None) -> None:
    rules: Alerts | None = house.script.study.alerts
    on_duty = set(rules.duty) if rules else set()
    others = [each.name for each in await staff_phones.every(tx) if each.name in on_duty and each.chat != but]
    await tell_staff(house, tx, Notice(f"alert/{alert.id.hex()}/taken", p.ALERT_TAKEN, _codes(alert)), names=others)


async def listed(house: House) -> list[Alert]:
    """Those that are not done, oldest first."""
    async with house.database.read() as tx:
        return await alerts.every(tx, house.keys)


async def done(house: House, number: int) -> Alert:
    """Somebody has looked, and did what was to be done. Raises ``CoraError`` where no such alert is open."""
    async with house.database.transaction() as tx:
        alert = await alerts.find(tx, house.keys, number)
        if alert is None or alert.done_at is not None:
            raise CoraError(f"there is no open alert {number}", "`cora alerts` shows their numbers.")
        await alerts.end(tx, number, house.clock.now())
        await audit_log.note(house, tx, Noted("alert_done", facts={"number": str(number)}))
    log("alert_done", number=number)
    return alert


async def forget(house: House, tx: Tx) -> None:
    """What was done long ago goes; so do alerts of people who are gone, of whom no bundle tells any more."""
    await alerts.purge_done(tx, house.clock.now() - DONE_KEPT)
    for each in await alerts.every(tx, house.keys):
        if await house.keystore.find_code(each.code) is None:
            await alerts.remove(tx, each.number)
