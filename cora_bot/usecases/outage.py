"""Outages: entering and taking them back, with everything that is planned for the people of that place.

A person's country lies in the sealed profile and the zone is open. Whoever plans or sends has the profile open anyway,
so an outage names a country or a zone and is compared with both; nothing new is stored of anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Occurrence, Status
from cora_bot.dialogue.handlers.missed import OUTAGE
from cora_bot.dialogue.reopening import under
from cora_bot.store import chats, occurrences, outages, participants
from cora_bot.store.database import Tx
from cora_bot.store.outbox_changes import release
from cora_bot.store.participants import Half
from cora_bot.study.model import FINAL_STEPS, Step, Study
from cora_bot.study.shape import OTHER_COUNTRY
from cora_bot.study.stretch import Outage, overlap, span, spans
from cora_bot.usecases.belonging import check_belongs
from cora_bot.usecases.house import House

PAGE = 500
LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=5 * 366)


@dataclass(slots=True)
class Replanned:
    """What a change of outages did: occasions whose window moved, that are open again, that ended unreached."""

    outage: Outage
    moved: int = 0
    reopened: int = 0
    unreached: int = 0

    def count(self, before: Occurrence, after: Occurrence) -> None:
        if before.step in FINAL_STEPS and after.step is Step.PLANNED:
            self.reopened += 1
        elif after.step in FINAL_STEPS:
            self.unreached += after.reason == OUTAGE
        elif before.closes != after.closes:
            self.moved += 1


async def every(house: House) -> tuple[Outage, ...]:
    async with house.database.read() as tx:
        return await outages.every(tx)


async def enter(house: House, place: str, begins: datetime, ends: datetime) -> Replanned:
    """An outage at ``place`` (country of the study or zone) from ``begins`` to before ``ends``, naive wall time there.

    Entered once more it changes nothing. Raises ``CoraError``.
    """
    new = Outage(place_of(house.script.study, place), begins, ends)
    _check_days(new, house.clock.now())
    await check_belongs(house)
    async with house.database.transaction() as tx:
        new = replace(new, id=await outages.add(tx, new))
        return await _replan(house, tx, new)


async def remove(house: House, outage_id: int) -> Replanned:
    """Takes an outage back. What it opened again stays so until its window is over. Raises ``CoraError``."""
    await check_belongs(house)
    async with house.database.transaction() as tx:
        gone = next((each for each in await outages.every(tx) if each.id == outage_id), None)
        if gone is None:
            raise CoraError(f"there is no outage {outage_id}", "See cora outage --list.")
        await outages.remove(tx, outage_id)
        return await _replan(house, tx, gone)


def place_of(study: Study, typed: str) -> str:
    """The country or zone as the study writes it. Raises ``CoraError`` where nobody of the study can be."""
    countries = [code for code in study.countries if code != OTHER_COUNTRY]
    zones = sorted({zone for listed in study.countries.values() for zone in listed})
    known = {name.casefold(): name for name in (*countries, *zones)}
    found = known.get(typed.strip().casefold())
    if found is None:
        raise CoraError(
            f"nobody of this study can be in {typed!r}",
            f"Give a country ({', '.join(countries)}) or a time zone ({', '.join(zones)}).",
        )
    return found


def _check_days(new: Outage, now: datetime) -> None:
    if new.begins >= new.ends:
        raise CoraError("the outage ends before it begins", "--to is the last day, or the moment at which it ended.")
    if new.ends - new.begins > LONGEST:
        raise CoraError("the outage lasts more than a year", "Look at the years. Enter a longer one in parts.")
    if abs(new.begins - now.replace(tzinfo=None)) > FARTHEST:
        raise CoraError("the outage lies more than five years from today", "Look at the years.")


async def _replan(house: House, tx: Tx, changed: Outage) -> Replanned:
    done = Replanned(changed)
    known = await outages.every(tx)
    there = await _people(house, tx, changed.place)
    await _lock(tx, there)
    for start in range(0, len(there), PAGE):
        people = there[start : start + PAGE]
        planned = await occurrences.all_of(tx, [each.id for each in people])
        written: dict[bytes, list[Occurrence]] = {}
        for person in people:
            pairs = _anew(house, person, planned.get(person.id, []), known, changed)
            written[person.id] = [after for before, after in pairs if after != before]
            for before, after in pairs:
                if after != before:
                    done.count(before, after)
        await occurrences.write(tx, written)
    await release(tx, OUTAGE, house.clock.now())
    log("outages_changed", outage=changed.id, moved=done.moved, reopened=done.reopened, unreached=done.unreached)
    return done


async def _people(house: House, tx: Tx, place: str) -> list[Half]:
    """Everybody of this country or zone."""
    after, found = b"", list[Half]()
    while halves := await participants.page(tx, house.keys, after, PAGE):
        after = halves[-1].id
        found += [each for each in halves if place in (each.profile.country, each.zone)]
    return found


async def _lock(tx: Tx, people: Sequence[Half]) -> None:
    """What a running bot has under way in these people's chats comes first; in the order it takes its locks."""
    reached: set[bytes] = set()
    for start in range(0, len(people), PAGE):
        reached |= set((await participants.chats_of(tx, [one.id for one in people[start : start + PAGE]])).values())
    ordered = sorted(reached)
    for start in range(0, len(ordered), PAGE):
        await chats.lock(tx, set(ordered[start : start + PAGE]))


def _anew(
    house: House, person: Half, planned: Sequence[Occurrence], known: Sequence[Outage], changed: Outage
) -> list[tuple[Occurrence, Occurrence]]:
    """Before and after, of the occasions whose window the changed outage touches. Others keep their plan."""
    waves = {wave.id: wave for wave in house.script.study.occasions}
    cut_off = spans(known, country=person.profile.country, zone=person.zone)
    touched = [span(changed, ZoneInfo(person.zone))]
    return [
        (
            each,
            under(
                each,
                waves[each.wave],
                cut_off,
                zone=person.zone,
                now=house.clock.now(),
                may_reopen=person.status is Status.ACTIVE,
            ),
        )
        for each in planned
        if each.wave in waves and overlap(touched, each.opens, each.closes)
    ]
