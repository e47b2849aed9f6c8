"""An interview that staff had on the phone or face to face, entered at the server: the same questions, the same seal.

``begin`` says whether this person may be asked this form now, and shows the first question; the walk itself happens in
memory. ``keep`` judges once more, behind the lock, and writes everything in one transaction: records with their mode,
the occasion they belong to (its reminders stop), and what the person had begun of the same occasion in the chat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cora_bot.base.chance import new_id
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.base.values import replace
from cora_bot.dialogue import cards
from cora_bot.dialogue.conversation import Chat, Conversation, Mode, Occurrence, Opening, Participant, Showing, Status
from cora_bot.dialogue.handlers import finishing, inviting, questions, renewing
from cora_bot.dialogue.scene import Scene, draw
from cora_bot.dialogue.turn import Turn, standing
from cora_bot.store import chats, conversations, occurrences, participants, sessions
from cora_bot.store.apply import Step as Written
from cora_bot.store.apply import apply
from cora_bot.store.audit_log import Noted, Subject
from cora_bot.store.database import Tx
from cora_bot.study.model import Step
from cora_bot.usecases import alerts, audit_log, own_copies
from cora_bot.usecases.finding import find
from cora_bot.usecases.house import House
from cora_bot.usecases.sealing import seal_steps

ON_THE_CARD = frozenset({Showing.QUESTION, Showing.ASIDE, Showing.INVITATION, Showing.KNOCK})
"""What a card may show of an occasion that is settled now: it is emptied."""

ANSWERED = frozenset({Step.COMPLETE, Step.CANCELLED})
"""An occasion that came to this while staff were asking stays so; the interview is kept beside it."""


@dataclass(frozen=True, slots=True)
class Interview:
    """``occurrence`` is the open occasion it belongs to, None where there is none; ``begun`` shows the first question.

    ``asked`` is the person as the walk sees them: in the language of the interview, without what waits in the chat.
    """

    id: bytes
    person: Participant
    asked: Participant
    form: str
    mode: Mode
    occurrence: Occurrence | None
    begun: Turn


@dataclass(frozen=True, slots=True)
class Kept:
    """``ended_in_chat``: the person had begun the same occasion in the chat; that was kept as partial."""

    records: int
    ended_in_chat: bool


async def begin(house: House, code: str, form: str, *, mode: Mode, language: str = "") -> Interview:
    """Raises CoraError where this person cannot be asked this form: nobody of this code, stopped, not agreed to."""
    _check_form(house, form)
    async with house.database.read() as tx:
        person = await _person(house, tx, await find(house, code))
        planned = (await occurrences.open_of(tx, [person.id])).get(person.id, [])
    _check_person(house, person, form)
    occurrence = _open_occasion(house, planned, form)
    asked = replace(
        person, language=_language(house, person, language), opening=Opening.NEUTRAL, letters=(), told_removal=True
    )
    scene = Scene(
        Conversation(Chat(new_id(house.chance)), asked, planned=tuple(planned)),
        house.script,
        house.clock.now(),
        house.chance,
    )
    begun = _first_question(scene, occurrence, form)
    return Interview(new_id(house.chance), person, asked, form, mode, occurrence, begun)


def _check_form(house: House, form: str) -> None:
    study = house.script.study
    if form not in house.script.forms:
        raise CoraError(f"there is no form {form!r} in this study", f"There are: {', '.join(house.script.forms)}.")
    if form == study.enrolment.form:
        raise CoraError(f"{form} is the consent form", "People agree in their own chat, with a code: cora invite")


async def _person(house: House, tx: Tx, who: bytes) -> Participant:
    """Raises CoraError where the main store has deleted the person already."""
    known, unreadable = await participants.readable(tx, house.keys, [who])
    if who in unreadable:
        raise CoraError("this person's entry cannot be read", "The server's key is not the one it was written with.")
    if who not in known:
        raise CoraError("this person has been deleted", "Nothing can be entered any more.")
    return (await conversations.whole([known[who]], house.keystore))[who]


def _check_person(house: House, person: Participant, form: str) -> None:
    if person.status is Status.STOPPED:
        raise CoraError(f"{person.code} has stopped taking part", "Nothing is asked any more, and nothing entered.")
    if person.status is not Status.ACTIVE:
        raise CoraError(f"{person.code} has not agreed to take part yet", "Let them finish the consent form first.")
    if renewing.outdated(house.script, person):
        raise CoraError(
            f"{person.code} has not agreed to the new text of the consent yet", "They do that in their own chat first."
        )
    wanted = {wave.purpose for wave in house.script.study.waves if wave.form == form}
    if wanted and not wanted & person.purposes:
        raise CoraError(
            f"{person.code} has not agreed to {', '.join(sorted(wanted))}", f"{form} is only asked for that purpose."
        )


def _open_occasion(house: House, planned: Sequence[Occurrence], form: str) -> Occurrence | None:
    """The occasion of this form whose window is open now; of several the one that opened first."""
    now = house.clock.now()
    waves = {wave.id for wave in house.script.study.waves if wave.form == form}
    found = [each for each in planned if each.wave in waves and each.opens <= now < each.closes]
    return min(found, key=lambda each: each.opens, default=None)


def _language(house: House, person: Participant, wanted: str) -> str:
    known = [language.code for language in house.script.study.languages]
    if wanted and wanted not in known:
        raise CoraError(f"there is no language {wanted!r} here", f"There are: {', '.join(known)}.")
    return wanted or person.language


def _first_question(scene: Scene, occurrence: Occurrence | None, form: str) -> Turn:
    """As *Open* would show it, so that a planned return is confirmed first here too."""
    if occurrence is None:
        scene, walk = questions.begin(scene, form)
        return questions.ask(scene, walk)
    invited = replace(occurrence, step=Step.INVITED)
    return inviting.open_it(replace(scene, conversation=replace(scene.conversation, occurrence=invited)), None)


# ---- keeping it ------------------------------------------------------------------------------------------------------


async def keep(house: House, interview: Interview, turns: Sequence[Turn]) -> Kept:
    """Stores what the walk made. Raises CoraError, and stores nothing, where the person has stopped meanwhile."""
    now = house.clock.now()
    async with house.database.transaction() as tx:
        before = await _conversation(house, tx, interview.person.id)
        if before.participant is None or before.participant.status is not Status.ACTIVE:
            raise CoraError(f"{interview.person.code} has stopped meanwhile", "Nothing was stored.")
        step = await _written(house, tx, interview, before=before, turns=turns, now=now)
        steps, sealed = await seal_steps(house, [step], frozenset({interview.person.id}))
        await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=now)
        await alerts.raised(house, tx, steps)
        await own_copies.keep(house, tx, steps)
        entered = Noted(
            "staff_entry", Subject(interview.person.id, interview.person.code), {"mode": interview.mode.value}
        )
        alerted = [Noted("alert", entered.subject)] if step.turn.alert else []
        await audit_log.note(house, tx, entered, *alerted)
    made = standing(turns)
    wave, number = occurrences.place(interview.occurrence) if interview.occurrence else ("", 0)
    log("staff_entry", form=interview.form, mode=interview.mode.value, wave=wave, number=number)
    ended = before.session is not None and step.turn.conversation.session is None
    return Kept(len(made), ended)


async def _conversation(house: House, tx: Tx, who: bytes) -> Conversation:
    """The chat this person speaks in now, locked; a stand-in for who has none, or shares one that another uses now."""
    reached = await participants.chats_of(tx, {who})
    stored = await chats.lock(tx, set(reached.values()))
    loaded = await conversations.load(tx, list(stored.values()), keys=house.keys, keystore=house.keystore)
    for conversation in loaded.conversations.values():
        if conversation.participant is not None and conversation.participant.id == who:
            return conversation
    person = await _person(house, tx, who)
    session = (await sessions.of_participants(tx, house.keys, [who])).get(who)
    return Conversation(Chat(new_id(house.chance)), person, session=session)


async def _written(
    house: House, tx: Tx, interview: Interview, *, before: Conversation, turns: Sequence[Turn], now: datetime
) -> Written:
    """Everything as one turn of the person's own conversation."""
    planned = (await occurrences.all_of(tx, [interview.person.id])).get(interview.person.id, [])
    stand = {occurrences.place(each): each for each in planned}
    scene = _with_changes(Scene(before, house.script, now, house.chance), interview, turns)
    taken = _taken_over(scene, interview)
    changed = {occurrences.place(each): each for turn in turns for each in turn.occurrences}
    turn = replace(
        taken,
        records=(*taken.records, *standing(turns)),
        alert=any(each.alert for each in turns),
        plan=next((turn.plan for turn in reversed(turns) if turn.plan is not None), None),
        occurrences=tuple(
            _as_it_stands(each, stand.get(place))
            for place, each in changed.items()
            if place not in stand or stand[place].step not in ANSWERED
        ),
    )
    return Written(before, turn, f"s/{interview.id.hex()}")


def _with_changes(scene: Scene, interview: Interview, turns: Sequence[Turn]) -> Scene:
    """What the answers changed of the person: the day of return. Their language, and all else, stays theirs."""
    after = turns[-1].conversation.participant
    if after is None or (after.return_state, after.return_date) == (
        interview.asked.return_state,
        interview.asked.return_date,
    ):
        return scene
    return scene.with_person(return_state=after.return_state, return_date=after.return_date)


def _taken_over(scene: Scene, interview: Interview) -> Turn:
    """What the chat shows of the same occasion goes; what was answered there is kept as partial."""
    mine = interview.occurrence
    if mine is None:
        return Turn(scene.conversation)
    session, about = scene.conversation.session, scene.conversation.occurrence
    if session is not None and (session.wave, session.number) == occurrences.place(mine):
        turn = finishing.break_off(scene, "staff_entry")
    elif session is None and about is not None and occurrences.place(about) == occurrences.place(mine):
        turn = Turn(scene.conversation)
    else:
        return Turn(scene.conversation)
    after = replace(scene, conversation=turn.conversation)
    if after.conversation.chat.card.showing not in ON_THE_CARD:
        return turn
    drawn = draw(after, cards.emptied(after), Showing.NOTHING)
    return replace(turn, conversation=drawn.conversation, show=drawn.show)


def _as_it_stands(changed: Occurrence, standing_now: Occurrence | None) -> Occurrence:
    """What the interview says of an occasion, on the row as it is now; one that was moved has its new times."""
    if standing_now is None:
        return changed
    opened = standing_now.opened_at or changed.opened_at
    if changed.opens != standing_now.opens:
        return replace(changed, sent=standing_now.sent, put_away=standing_now.put_away, opened_at=opened)
    return replace(
        standing_now,
        step=changed.step,
        next_at=changed.next_at,
        reason=changed.reason,
        opened_at=opened,
        finished_at=changed.finished_at,
    )
