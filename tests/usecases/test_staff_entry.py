"""SE-01 what staff enter is sealed as that person's records and says how it was had · SE-02 the open occasion of the
form is settled, its reminders stop, its card goes · SE-03 what had been begun in the chat is kept as partial
SE-04 nobody is asked who has stopped, has not agreed or does not exist, and no form that is not the study's
SE-05 all or nothing, judged again at the end · SE-06 the chat's own matters stay: language, another open form, another
person who has the phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import text

from cora_bot.base.errors import CoraError
from cora_bot.base.values import replace
from cora_bot.cli.trial import AWAY, Trial
from cora_bot.dialogue.conversation import Mode
from cora_bot.dialogue.inputs import Command, CommandName, Verb
from cora_bot.dialogue.phrases import NEUTRAL
from cora_bot.dialogue.script import Script
from cora_bot.usecases import deliver, due, staff_entry
from cora_bot.usecases.house import House
from cora_bot.usecases.people import people
from cora_bot.usecases.staff_entry import Interview, Kept
from tests.support.opening import all_records
from tests.support.phone import Phone
from tests.support.stores import Ground
from tests.support.turns import DAY, HOUR, joined

SECRET = "my brother has a lorry"


async def _enrolled(house: House, *, returned: str = "20.11.2026", planned: bool = False) -> Phone:
    """One person, back since 20 November: the first occasion opens on 4 December."""
    await deliver.recover(house)
    phone = Phone(house)
    await phone.enrol(returned=returned, planned=planned)
    await phone.happens(phone.pressed(Verb.SEEN))
    if phone.has(Verb.RESUME):
        await phone.happens(phone.pressed(Verb.RESUME))
    return phone


async def _days(house: House, phone: Phone, days: float) -> list[str]:
    """Time goes by, and what falls due is sent; the reasons of what was."""
    for _ in range(round(days * 8)):
        house.clock.move(3 * HOUR)  # type: ignore[attr-defined]
        while await due.due(house):
            pass
        await phone.deliver()
    async with house.database.read() as tx:
        rows = await tx.execute(text("SELECT reason FROM outbox WHERE unsolicited <> 0 AND state = 'sent' ORDER BY id"))
        return [row.reason for row in rows]


async def _code(house: House) -> str:
    (person,) = await people(house)
    return person.code


async def _begin(house: House, form: str = "arrival", *, mode: Mode = Mode.PHONE, language: str = "") -> Interview:
    return await staff_entry.begin(house, await _code(house), form, mode=mode, language=language)


def _walk(house: House, interview: Interview, *, times: int = 60, words: str = SECRET) -> Trial:
    """The first choice everywhere, ``words`` where something is written, until the end or so many steps."""
    trial = Trial(house.script, interview.begun, chance=house.chance, mode=interview.mode, without=AWAY)
    for _ in range(times):
        if trial.finished:
            break
        assert trial.answer(_line(trial, house, words), house.clock.now())
    return trial


def _line(trial: Trial, house: House, words: str) -> str:
    if trial.typed(house.clock.now()):
        return words
    ticks = any(button.press.verb is Verb.TOGGLE for button in trial.buttons)
    ticked = any(button.label.startswith("☑") for button in trial.buttons)
    labels = [button.press.verb for button in trial.buttons]
    return str(labels.index(Verb.DONE) + 1) if ticks and ticked else "1"


async def _entered(house: House, form: str = "arrival", **how: object) -> Kept:
    interview = await _begin(house, form, **how)  # type: ignore[arg-type]
    return await staff_entry.keep(house, interview, _walk(house, interview).turns)


async def _facts(house: House) -> dict[tuple[str, int], tuple[str, str, int, bool]]:
    """By wave and number: step, reason, messages sent, whether it is still looked at."""
    query = "SELECT wave, number, step, reason, sent, next_at FROM occurrence ORDER BY opens"
    async with house.database.read() as tx:
        rows = await tx.execute(text(query))
        return {(row.wave, row.number): (row.step, row.reason, row.sent, row.next_at is not None) for row in rows}


async def _kinds(house: House, ground: Ground) -> list[tuple[str, str, int, str]]:
    """Every record but the consent: kind, wave, number, mode."""
    opened = await all_records(house, ground.identities)
    return [
        (str(head.kind), head.wave, head.number, str(body.get("mode", "")))
        for head, body in opened
        if head.kind != "consent"
    ]


@pytest.mark.parametrize("mode", [Mode.PHONE, Mode.IN_PERSON])
async def test_interview_is_sealed_as_the_persons_and_settles_its_occasion(
    house: House, ground: Ground, mode: Mode
) -> None:
    phone = await _enrolled(house)
    sent = await _days(house, phone, 3.5)
    kept = await _entered(house, mode=mode)
    later = await _days(house, phone, 14)

    assert (sent, kept) == (["invitation:arrival"], Kept(records=2, ended_in_chat=False))
    assert later == ["invitation:arrival"]
    assert (await _facts(house))["arrival", 1] == ("complete", "", 1, False)
    assert await _kinds(house, ground) == [("fragment", "arrival", 1, ""), ("complete", "arrival", 1, mode.value)]
    opened = await all_records(house, ground.identities)
    assert len({head.case for head, _ in opened}) == 1
    assert [body["value"] for head, body in opened if head.kind == "fragment"] == [SECRET]


async def test_card_that_offered_it_is_emptied_without_a_new_message(house: House) -> None:
    phone = await _enrolled(house)
    await _days(house, phone, 3.5)
    before, had = len(phone.messages), phone.has(Verb.OPEN)
    await _entered(house)
    sent = await phone.deliver()

    assert (had, phone.has(Verb.OPEN), phone.text) == (True, False, NEUTRAL)
    assert (len(phone.messages), [each.unsolicited for each in sent]) == (before, [False])


async def test_invitation_that_still_waits_is_withheld(house: House) -> None:
    phone = await _enrolled(house)
    house.clock.move(3 * DAY)  # type: ignore[attr-defined]
    while await due.due(house):
        pass
    await _entered(house)
    await phone.deliver()
    async with house.database.read() as tx:
        rows = await tx.execute(text("SELECT state FROM outbox WHERE unsolicited <> 0"))
        states = [row.state for row in rows]

    assert (states, phone.has(Verb.OPEN)) == (["superseded"], False)


async def test_interview_before_the_window_is_kept_without_an_occasion(house: House, ground: Ground) -> None:
    phone = await _enrolled(house)
    interview = await _begin(house)
    await staff_entry.keep(house, interview, _walk(house, interview).turns)
    later = await _days(house, phone, 4)

    assert interview.occurrence is None
    assert await _kinds(house, ground) == [("fragment", "", 0, ""), ("complete", "", 0, "phone")]
    assert (later, (await _facts(house))["arrival", 1][0]) == (["invitation:arrival"], "invited")


async def test_what_was_begun_in_the_chat_is_kept_as_partial(house: House, ground: Ground) -> None:
    phone = await _enrolled(house)
    await _days(house, phone, 3.5)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.answer_first(3)
    kept = await _entered(house)
    await phone.deliver()
    async with house.database.read() as tx:
        sessions = (await tx.execute(text("SELECT count(*) FROM session"))).scalar()

    assert kept.ended_in_chat
    assert sorted(await _kinds(house, ground)) == [
        ("complete", "arrival", 1, "phone"),
        ("fragment", "arrival", 1, ""),
        ("partial", "arrival", 1, "chat"),
    ]
    assert (await _facts(house))["arrival", 1] == ("complete", "", 1, False)
    assert (sessions, phone.text, phone.has(Verb.CHOOSE)) == (0, NEUTRAL, False)


async def test_another_form_that_is_open_in_the_chat_stays_open(house: House, ground: Ground) -> None:
    phone = await _enrolled(house)
    await _days(house, phone, 3.5)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.answer_first(2)
    card = phone.text
    kept = await _entered(house, "check_in")
    await phone.deliver()
    then = phone.text
    await phone.answer_first(1)

    assert (kept.ended_in_chat, then == card, phone.text == card) == (False, True, False)
    assert (await _facts(house))["arrival", 1][0] == "opened"
    assert await _kinds(house, ground) == [("fragment", "", 0, ""), ("complete", "", 0, "phone")]


async def test_language_of_the_interview_is_not_the_persons_from_then_on(house: House, ground: Ground) -> None:
    await _enrolled(house)
    await _entered(house, language="fa-AF")
    (person,) = await people(house)
    languages = {head.language for head, _ in await all_records(house, ground.identities) if head.kind != "consent"}

    assert (person.language, languages) == ("de", {"fa-AF"})


async def test_breaking_off_keeps_a_partial_record(house: House, ground: Ground) -> None:
    phone = await _enrolled(house)
    await _days(house, phone, 3.5)
    interview = await _begin(house)
    trial = _walk(house, interview, times=3)
    trial.leave(house.clock.now())
    await staff_entry.keep(house, interview, trial.turns)

    assert await _kinds(house, ground) == [("partial", "arrival", 1, "phone")]
    assert (await _facts(house))["arrival", 1] == ("partial", "left", 1, False)


async def test_planned_return_is_confirmed_first_and_moves_the_plan(house: House, ground: Ground) -> None:
    phone = await _enrolled(house, returned="6.12.2026", planned=True)
    await _days(house, phone, 3)
    interview = await _begin(house, "return_check", mode=Mode.IN_PERSON)
    trial = Trial(house.script, interview.begun, chance=house.chance, mode=interview.mode, without=AWAY)
    assert trial.answer("2", house.clock.now())  # another day
    assert trial.answer("20.12.2026", house.clock.now())
    await staff_entry.keep(house, interview, trial.turns)
    async with house.database.read() as tx:
        rows = await tx.execute(text("SELECT wave, opens FROM occurrence WHERE step = 'planned' ORDER BY opens"))
        first = next(iter(rows))

    assert trial.finished
    assert await _kinds(house, ground) == [("complete", "return_check", 1, "in_person")]
    assert first.wave == "return_check"
    assert date(2026, 12, 17) == house.clock.now().date() + 13 * DAY  # and that is when it is asked once more


async def test_answers_given_in_the_chat_meanwhile_stand_beside_it(house: House, ground: Ground) -> None:
    phone = await _enrolled(house)
    await _days(house, phone, 3.5)
    interview = await _begin(house)
    trial = _walk(house, interview)
    await phone.happens(phone.pressed(Verb.OPEN))
    await phone.answer_to_the_end()
    finished = (await _facts(house))["arrival", 1]
    kept = await staff_entry.keep(house, interview, trial.turns)

    assert (finished[0], kept.ended_in_chat) == ("complete", False)
    assert (await _facts(house))["arrival", 1] == finished
    modes = [mode for kind, _, _, mode in await _kinds(house, ground) if kind == "complete"]
    assert sorted(modes) == ["chat", "phone"]


async def test_another_person_who_has_the_chat_now_sees_nothing_of_it(house: House, ground: Ground) -> None:
    phone = await _enrolled(house)
    code = await _code(house)
    await _days(house, phone, 3.5)
    interview = await staff_entry.begin(house, code, "arrival", mode=Mode.PHONE)
    trial = _walk(house, interview)
    await joined(house, phone.address)
    shown = dict(phone.messages)
    await staff_entry.keep(house, interview, trial.turns)
    await phone.deliver()

    assert phone.messages == shown
    assert (await _facts(house))["arrival", 1][0] == "complete"


@pytest.mark.parametrize(
    ("code", "form", "message"),
    [
        ("AAA-AAA", "arrival", "nobody is known by the code AAA-AAA"),
        ("", "arrival", "nobody is known by the code "),
        (None, "visit", "there is no form 'visit' in this study"),
        (None, "consent", "consent is the consent form"),
    ],
)
async def test_wrong_case_and_wrong_form_are_refused(house: House, code: str | None, form: str, message: str) -> None:
    await _enrolled(house)
    wanted = await _code(house) if code is None else code
    with pytest.raises(CoraError) as error:
        await staff_entry.begin(house, wanted, form, mode=Mode.PHONE)

    assert str(error.value) == message


async def test_code_is_found_as_it_is_typed(house: House) -> None:
    await _enrolled(house)
    code = await _code(house)
    interview = await staff_entry.begin(house, f" {code.lower()} ", "arrival", mode=Mode.PHONE)

    assert interview.person.code == code


async def test_who_has_stopped_is_not_asked(house: House) -> None:
    phone = await _enrolled(house)
    code = await _code(house)
    await _stops(phone)
    with pytest.raises(CoraError) as error:
        await staff_entry.begin(house, code, "arrival", mode=Mode.PHONE)

    assert str(error.value) == f"{code} has stopped taking part"


async def test_who_agreed_to_an_older_text_is_not_asked(house: House) -> None:
    await _enrolled(house)
    code = await _code(house)
    consent = replace(house.script.forms["consent"], hash="f" * 64)
    newer = replace(house, script=replace(house.script, forms={**house.script.forms, "consent": consent}))
    with pytest.raises(CoraError) as error:
        await staff_entry.begin(newer, code, "arrival", mode=Mode.PHONE)

    assert str(error.value) == f"{code} has not agreed to the new text of the consent yet"


async def _stops(phone: Phone) -> None:
    phone.count += 1
    await phone.happens(phone.arrived(Command(CommandName.STOP, phone.count)))
    await phone.happens(phone.pressed(Verb.CHOOSE_STOP, 0))
    await phone.happens(phone.pressed(Verb.CONFIRM_STOP))


async def test_who_stops_during_the_interview_leaves_nothing_of_it(house: House, ground: Ground) -> None:
    phone = await _enrolled(house)
    await _days(house, phone, 3.5)
    interview = await _begin(house)
    trial = _walk(house, interview)
    await _stops(phone)
    before = await _rows(house)
    with pytest.raises(CoraError) as error:
        await staff_entry.keep(house, interview, trial.turns)

    assert (str(error.value), error.value.hint) == (
        f"{interview.person.code} has stopped meanwhile",
        "Nothing was stored.",
    )
    assert (await _rows(house), await _kinds(house, ground)) == (before, [])


async def _rows(house: House) -> Sequence[object]:
    names = ("record", "session", "outbox", "occurrence", "participant")
    async with house.database.read() as tx:
        return [(await tx.execute(text(f"SELECT count(*) FROM {name}"))).scalar() for name in names]


async def test_who_did_not_agree_to_the_purpose_is_not_asked(ground: Ground, script: Script) -> None:
    waves = tuple(replace(wave, purpose="visits") if wave.form == "half_year" else wave for wave in script.study.waves)
    async with ground.opened(replace(script, study=replace(script.study, waves=waves))) as house:
        before = await joined(house, 701, purposes=frozenset({"check_ins"}))
        assert before.participant is not None
        with pytest.raises(CoraError) as error:
            await staff_entry.begin(house, before.participant.code, "half_year", mode=Mode.PHONE)
        allowed = await staff_entry.begin(house, before.participant.code, "check_in", mode=Mode.PHONE)

    assert str(error.value) == f"{before.participant.code} has not agreed to visits"
    assert allowed.form == "check_in"
