"""When people hear from the bot: the waves, and a calendar of one person's year as an example."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from cora_bot.dialogue.script import Script
from cora_bot.export.book import spans
from cora_bot.export.book.contents import chapter as made
from cora_bot.export.book.contents import grid
from cora_bot.export.book.facts import Facts
from cora_bot.export.book.words import Words
from cora_bot.export.page import Child, code, e
from cora_bot.study.model import Anchors, Planned, Return, Study, Wave
from cora_bot.study.schedule import allowed_at, plan

ENROLLED_BEFORE = timedelta(days=14)


def chapter(script: Script, facts: Facts, words: Words) -> Element:
    study = script.study
    planned = plan(study, _example(study, facts.returned))
    usual = [each for each in planned if not study.wave(each.wave).planned_return_only]
    most = sum(1 + len(each.reminders) for each in planned)
    return made(
        "schedule",
        words("When people hear from the bot"),
        e(
            "p",
            words("Every message nobody asked for is one neutral sentence; a question appears only after Open."),
            " ",
            words(
                "Who shares the phone may choose that only their own picture opens; who does not, to see it at once."
            ),
            " ",
            words("An answer of the team to what a person wrote is announced by the same sentence."),
        ),
        e(
            "p",
            words(
                "Nothing is sent from {start} to {end} of the person's own day.",
                start=f"{study.quiet.start:%H:%M}",
                end=f"{study.quiet.end:%H:%M}",
            ),
            " ",
            words(
                "Who takes part to the end is asked {count} times and gets {most} such messages at most.",
                count=str(len(usual)),
                most=str(most),
            ),
            " ",
            words("Reminders stop with the last answer, with a break and with the end."),
        ),
        _waves(study, words),
        e("h3", words("An example: a return on {day}", day=words.day(facts.returned))),
        e("p", _where(study, words)),
        _calendar(study, planned, words),
    )


def _example(study: Study, returned: date) -> Anchors:
    """Somebody whose return was still planned at enrolment, so that the check of the day is shown too."""
    return Anchors(
        enrolled=returned - ENROLLED_BEFORE,
        return_date=returned,
        return_state=Return.PLANNED,
        zone=_zone(study),
        hour=study.default_hour,
        purposes=frozenset(study.enrolment.purposes),
    )


def _zone(study: Study) -> str:
    return next(iter(study.countries.values()))[0]


def _where(study: Study, words: Words) -> str:
    return words(
        "In the time of {zone}, at {hour}:00, all purposes agreed to, enrolled {span} before.",
        zone=_zone(study),
        hour=str(study.default_hour),
        span=spans.exact(ENROLLED_BEFORE, words),
    )


def _waves(study: Study, words: Words) -> Element:
    heads = ("Wave", "Form", "Begins", "How often", "Open for", "Reminders after", "Purpose")
    return grid([words(each) for each in heads], [_wave(wave, words) for wave in study.occasions])


def _wave(wave: Wave, words: Words) -> tuple[Child, ...]:
    only = words("only where the return was still planned at enrolment") if wave.planned_return_only else ""
    return (
        code(wave.id),
        code(wave.form) if wave.form else "–",
        e("span", spans.offset(wave, words), e("br") if only else None, only),
        spans.recurrence(wave.recurrence, words),
        spans.exact(wave.window, words),
        "; ".join(spans.exact(each, words) for each in wave.reminders) or "–",
        code(wave.purpose),
    )


def _calendar(study: Study, planned: tuple[Planned, ...], words: Words) -> Element:
    heads = ("Message on", "Wave", "Form", "Reminders", "Closes")
    return grid([words(each) for each in heads], _days(study, planned, words), class_="calendar")


def _days(study: Study, planned: tuple[Planned, ...], words: Words) -> Iterator[tuple[Child, ...]]:
    """The days as they would be sent, quiet hours kept."""
    zone = ZoneInfo(_zone(study))
    for each in planned:
        sent = allowed_at(study, zone.key, each.opens).astimezone(zone)
        reminders = (allowed_at(study, zone.key, moment).astimezone(zone).date() for moment in each.reminders)
        yield (
            f"{words.day_long(sent.date())}, {sent:%H:%M}",
            e("span", code(each.wave), f" {each.number}"),
            code(form) if (form := study.wave(each.wave).form) else "–",
            "; ".join(words.day(one) for one in reminders) or "–",
            words.day(each.closes.astimezone(zone).date()),
        )
