"""The team's own phones: linked by a one-time code, told things that hold no content.

A notice is a sentence of ours with codes in it (a case code, a name of a wave, a day): no name, no answer, nothing that
a stranger who reads it over a shoulder learns from. It is no contact of a participant, waits for no quiet hours, and is
rather said twice than not at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.prompt import Button, Prompt
from cora_bot.store import outbox, staff_phones, tokens
from cora_bot.store.audit_log import Noted
from cora_bot.store.database import Tx
from cora_bot.store.outbox import Parcel
from cora_bot.store.staff_phones import StaffPhone
from cora_bot.store.tables import Kind
from cora_bot.usecases import audit_log
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.codes import new_code, secret
from cora_bot.usecases.house import House

NAME: Final = re.compile(r"[^\W_](?:[\w .'-]{0,38}[\w.'-])?")
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")


@dataclass(frozen=True, slots=True)
class Notice:
    """What staff are told. ``key`` makes it unique: nobody is told the same thing twice by being told again.

    ``phrase`` is one of ``phrases.py``, ``codes`` fill its fields: codes and days only. ``buttons`` are phrases with
    what they do.
    """

    key: str
    phrase: str
    codes: Mapping[str, str] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()


async def tell_staff(house: House, tx: Tx, notice: Notice, *, names: Collection[str] | None = None) -> tuple[str, ...]:
    """Puts ``notice`` into the outbox for ``names``, or for everybody on duty; gives back who can be reached.

    Whoever has linked no phone, or has blocked the bot, is left out: a caller that needs somebody looks at the answer.
    Raises ``ValueError`` where a field of the phrase holds anything but a code.
    """
    wrong = sorted(name for name, value in notice.codes.items() if not CODE.fullmatch(value))
    if wrong:
        raise ValueError(f"a notice to staff holds codes only: {', '.join(wrong)}")
    told = [each for each in await staff_phones.every(tx) if _meant(each, names)]
    # Two names on one phone: it is told once.
    parcels = {each.chat: parcel for each in told if (parcel := _parcel(house, notice, each)) is not None}
    await outbox.put(tx, list(parcels.values()), keys=house.keys, chance=house.chance, now=house.clock.now())
    return tuple(each.name for each in told)


def _meant(each: StaffPhone, names: Collection[str] | None) -> bool:
    wanted = each.duty if names is None else each.name in names
    return wanted and each.chat is not None and not each.blocked


def _parcel(house: House, notice: Notice, to: StaffPhone) -> Parcel | None:
    if to.chat is None:
        return None
    say = house.script.phrases.say
    rows = tuple((Button(say(button.label, to.language), button.press),) for button in notice.buttons)
    prompt = Prompt(say(notice.phrase, to.language, **notice.codes), rows)
    return Parcel(to.chat, f"staff/{notice.key}/{to.chat.hex()}", Kind.STAFF, prompt=prompt)


async def add(house: House, name: str, *, language: str, duty: bool, expires_days: int) -> str:
    """A code that links the phone it is sent from to ``name``; one made for them before is no longer good.

    Somebody known stays linked to the old phone until the new code is used. Raises ``CoraError``.
    """
    name = _checked(name)
    known = {"en", *(each.code for each in house.script.study.languages)}
    if language not in known:
        raise CoraError(f"{language} is no language of this study", f"There are: {', '.join(sorted(known))}.")
    await check_belongs(house)
    code, now = new_code(house.chance), house.clock.now()
    async with house.database.transaction() as tx:
        await staff_phones.write(tx, name, language=language, duty=duty)
        await tokens.forget_staff(tx, name)
        key = tokens.index(house.keys, secret(code))
        await tokens.add(tx, {key: None}, now=now, expires_at=now + timedelta(days=expires_days), staff=name)
        await audit_log.note(house, tx, Noted("staff_added", facts={"name": name}))
    log("staff_added")
    return code


def _checked(typed: str) -> str:
    name = " ".join(typed.split())
    if not NAME.fullmatch(name):
        raise CoraError(f"{typed!r} cannot be a name here", "1 to 40 letters, digits, blanks, dots or dashes.")
    return name


async def everybody(house: House) -> list[StaffPhone]:
    """All members of staff, by name."""
    async with house.database.read() as tx:
        return await staff_phones.every(tx)


async def remove(house: House, name: str) -> None:
    """From now on nothing goes there. Raises ``CoraError`` where nobody has this name."""
    async with house.database.transaction() as tx:
        if not await staff_phones.remove(tx, " ".join(name.split())):
            raise CoraError(f"nobody of the team is called {name}", "`cora staff list` shows the names.")
        await audit_log.note(house, tx, Noted("staff_removed", facts={"name": " ".join(name.split())}))
    log("staff_removed")
