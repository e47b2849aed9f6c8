"""A trip's workbook becomes a plan in the store. The same id again changes the trip, as far as nobody's booking breaks.

What stays is kept with its bookings; new times are added; those that fall away must be nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.exc import IntegrityError

from cora_bot.base.chance import new_id
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.base.problems import Problem, errors
from cora_bot.base.values import replace
from cora_bot.store import participants, place_files, trips, visits
from cora_bot.store.conversations import whole
from cora_bot.store.database import Tx
from cora_bot.study.model import Study
from cora_bot.study.visits.place_files import MOST_BYTES, Beside, beside, look, plain
from cora_bot.study.visits.plan import lay_out
from cora_bot.study.visits.reader import check_against, read_trip
from cora_bot.study.visits.trip import Slot, Trip
from cora_bot.study.visits.workbook import read_rows
from cora_bot.usecases.house import House

NOTHING: Final = beside({})


@dataclass(frozen=True, slots=True)
class Reading:
    """``trip`` is None when any problem is an error. ``files``: what its places name, by the SHA-256 of the content."""

    trip: Trip | None
    slots: tuple[Slot, ...]
    problems: tuple[Problem, ...]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def read_workbook(source: bytes, study: Study, now: datetime, *, file: str, beside: Beside = NOTHING) -> Reading:
    """Everything that is wrong with a trip, in one run; ``beside`` finds the pictures and voices that it names."""
    rows, problems = read_rows(source, file=file)
    if problems:
        return Reading(None, (), tuple(problems))
    trip, problems = read_trip(rows, file=file)
    if trip is None:
        return Reading(None, (), tuple(problems))
    slots, found = lay_out(trip, now, file=file)
    languages = trip.who.languages or tuple(each.code for each in study.languages)
    trip, files, missing = look(trip, languages, beside, file=file)
    problems = [*check_against(trip, study, file=file), *found, *missing]
    return Reading(None if errors(problems) else trip, slots, tuple(problems), files)


def beside_workbook(path: Path) -> Beside:
    """Finds what lies in the folder of the workbook at ``path``; of a large file no more than says that it is."""

    def found(name: str) -> bytes | None:
        here = (each for each in path.absolute().parent.iterdir() if plain(each.name) == plain(name))
        lies = next(here, None)
        return _beginning(lies) if lies is not None and lies.is_file() else None

    return found


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


@dataclass(frozen=True, slots=True)
class Planned:
    """How many times were added, kept and taken away."""

    added: int
    kept: int
    removed: int


async def plan(house: House, trip: Trip, slots: tuple[Slot, ...], files: Mapping[str, bytes]) -> Planned:
    """Stores the trip with its files. Raises ``CoraError`` where a booking would break, or an interviewer is busy
    elsewhere."""
    now = house.clock.now()
    try:
        async with house.database.transaction() as tx:
            await trips.lock(tx, [trip.id])
            done = await _replace(house, tx, trip, slots)
            ends = max(slot.ends for slot in slots)
            trip, new = await _numbered(house, tx, trip)
            await trips.write(tx, trip, ends, keys=house.keys, chance=house.chance, now=now)
            contents = {number: files[digest] for number, digest in new.items()}
            kept = [bytes.fromhex(each.id) for each in trip.files]
            await place_files.replace(tx, trip.id, contents, kept=kept, keys=house.keys, chance=house.chance)
            await trips.add(tx, trip.id, done.new)
    except IntegrityError as error:
        raise CoraError(
            "an interviewer of this trip is busy at one of these times, on another trip",
            "cora visits show lists the times of each trip. Nothing was changed.",
        ) from error
    planned = Planned(len(done.new), done.kept, done.removed)
    log("trip_planned", added=planned.added, kept=planned.kept, removed=planned.removed)
    return planned


async def _numbered(house: House, tx: Tx, trip: Trip) -> tuple[Trip, dict[bytes, str]]:
    """The trip with its files' ids, and which of them are new, by digest. A file that stays keeps its id: Telegram has
    it already."""
    before = (await trips.load(tx, house.keys, [trip.id])).get(trip.id)
    there = await place_files.ids(tx, trip.id)
    known = {each.digest: each.id for each in (before.files if before else ()) if bytes.fromhex(each.id) in there}
    new = {
        each: new_id(house.chance).hex()
        for each in dict.fromkeys(one.digest for one in trip.files)
        if each not in known
    }
    numbered = trip.with_files(lambda each: replace(each, id=(known | new)[each.digest]))
    return numbered, {bytes.fromhex(number): digest for digest, number in new.items()}


@dataclass(frozen=True, slots=True)
class _Change:
    new: tuple[Slot, ...]
    kept: int
    removed: int


def _key(slot: Slot) -> tuple[object, ...]:
    """What makes a time the same one: whoever booked it need not be told anything."""
    return slot.interviewer, slot.place, slot.starts, slot.ends, slot.held_from, slot.held_until, slot.languages


async def _replace(house: House, tx: Tx, trip: Trip, slots: tuple[Slot, ...]) -> _Change:
    """Takes away what the workbook no longer has, and resizes what it has."""
    before = await trips.of_trip(tx, trip.id)
    wanted = {_key(slot): slot for slot in slots}
    # Past times stay as history, whatever the workbook says of them.
    gone = {old: seats for old, seats in before.items() if _key(old) not in wanted and old.starts > house.clock.now()}
    taken = [who for seats in gone.values() for who in seats.values() if who is not None]
    if taken:
        raise CoraError(
            f"{len(taken)} booked meetings would fall away: {', '.join(await _codes(house, tx, taken))}",
            "Move or cancel them first (cora visits move, cora visits cancel), or keep their times in the workbook.",
        )
    kept = {_key(old): (old, seats) for old, seats in before.items() if _key(old) in wanted}
    for key, (old, seats) in kept.items():
        await _resize(house, tx, old, seats, wanted[key].seats)
    await trips.remove(tx, [old.id for old in gone])
    off = await trips.called_off(tx, trip.id)
    await trips.remove(
        tx, [slot_id for key, slot_id in off.items() if key in {(s.interviewer, s.starts) for s in slots}]
    )
    new = tuple(slot for key, slot in wanted.items() if key not in kept)
    return _Change(new, len(kept), len(gone))


async def _resize(house: House, tx: Tx, old: Slot, seats: dict[int, bytes | None], wanted: int) -> None:
    taken = [who for who in seats.values() if who is not None]
    if len(taken) > wanted:
        raise CoraError(
            f"{len(taken)} people have booked {old.starts:%Y-%m-%d %H:%M} UTC with {old.interviewer}, "
            f"and the capacity is now {wanted}: {', '.join(await _codes(house, tx, taken))}",
            "Move some of them first (cora visits move), or keep the capacity.",
        )
    await trips.resize(tx, old.id, had=len(seats), wanted=wanted)


async def _codes(house: House, tx: Tx, ids: Iterable[bytes]) -> list[str]:
    """Case codes of whoever has these visits."""
    people = await visits.people_by_visit(tx, list(ids))
    halves = await participants.by_ids(tx, house.keys, list(people.values()))
    return sorted(person.code for person in (await whole(halves, house.keystore)).values())
