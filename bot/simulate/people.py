"""Who takes part: people with names, habits, languages, countries and days of travel, drawn from the study and a seed.

People are invited in groups, a week apart, as at a counselling centre. Two groups share their flights: who has returned
came by one, who has yet to travel takes another. That also keeps a simulation quick: many act side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from bot.simulate.habits import HABITS, Habit, Joining
from bot.simulate.respondent import Persona
from cora_bot.base.chance import Chance, SeededChance, below
from cora_bot.dialogue.conversation import OPENINGS, Opening
from cora_bot.dialogue.script import Script
from cora_bot.study.model import Study

GROUP: Final = 25  # as many as one afternoon of counselling enrols
FEWEST_OF_TWO_GROUPS: Final = 6
GROUPS_ON_A_FLIGHT: Final = 2
GROUP_EVERY = timedelta(days=7)
NAMES: Final = (
    "Amal", "Besnik", "Chidi", "Dilnoza", "Elira", "Farid", "Gulnar", "Hamid", "Ilir", "Jamila", "Karim", "Leyla",
    "Mirjeta", "Nadia", "Omid", "Parwana", "Qasim", "Rezarta", "Samir", "Tamar", "Umar", "Valon", "Wahida", "Yusuf",
    "Zahra",
)  # fmt: skip
HOME: Final = {"ar": ("IQ",), "fa": ("AF", "IR"), "ps": ("AF",), "sq": ("AL", "XK", "MK")}
"""Where people who speak a language are likely to return to; others to anywhere."""


def personas(script: Script, tokens: Sequence[str], *, seed: str, begin: datetime) -> list[Persona]:
    """One person for each token."""
    groups = groups_of(len(tokens))
    return [
        _persona(script, number, token, seed=seed, begin=begin, group=number % groups)
        for number, token in enumerate(tokens)
    ]


def groups_of(people: int) -> int:
    return max(people // GROUP, 2 if people >= FEWEST_OF_TWO_GROUPS else 1)


def _persona(script: Script, number: int, token: str, *, seed: str, begin: datetime, group: int) -> Persona:
    chance = SeededChance(f"{seed} persona {number}")
    study, habit = script.study, HABITS[number % len(HABITS)]
    language = study.languages[number % len(study.languages)].code
    country = _country(study, language, chance)
    zones = study.countries.get(country, ("UTC",))
    zone = zones[below(chance, len(zones))]
    arrives, first = begin + GROUP_EVERY * group, begin + GROUP_EVERY * (group - group % GROUPS_ON_A_FLIGHT)
    travels = _travels(habit, first, SeededChance(f"{seed} flight {first}"))
    facts = {
        study.enrolment.form: _consents(study, habit, country=country, zone=zone, travels=travels),
        study.return_check.form: _checked(study, habit, travels),
    }
    name = NAMES[number % len(NAMES)] + (f" {number // len(NAMES) + 1}" if number >= len(NAMES) else "")
    opening = _opening(habit, SeededChance(f"{seed} opening {number}"))
    return Persona(number, name, habit, language, zone, token, arrives, travels, facts, opening)


def _country(study: Study, language: str, chance: Chance) -> str:
    countries = list(study.countries)
    likely = [one for one in HOME.get(language.split("-")[0], ()) if one in countries] or countries
    return likely[below(chance, len(likely))] if likely else ""


def _travels(habit: Habit, first: datetime, flight: Chance) -> date:
    """The flight that the groups are to take, or the one they took. ``first``: the day the first of them is invited."""
    if habit.returning == "planned":
        return first.date() + timedelta(days=17)
    return first.date() - timedelta(days=1 + below(flight, 14))


def _opening(habit: Habit, chance: Chance) -> Opening:
    """Who wants to see questions at once has nothing to press Later on, and the phone shows when they came."""
    chosen = OPENINGS[below(chance, len(OPENINGS))]
    return Opening.NEUTRAL if chosen is Opening.AT_ONCE and not habit.takes_what_comes else chosen


def _consents(study: Study, habit: Habit, *, country: str, zone: str, travels: date) -> dict[str, str]:
    rules = study.enrolment
    facts = dict(rules.required) | dict.fromkeys(rules.purposes.values(), "yes")
    facts |= {rules.country: country, rules.return_status: habit.returning, rules.return_date: travels.isoformat()}
    if rules.zone:
        facts[rules.zone] = zone
    if habit.joining is Joining.REFUSES:
        question, code = rules.required[-1]
        facts[question] = "no" if code != "no" else "yes"
    return facts


def _checked(study: Study, habit: Habit, travels: date) -> dict[str, str]:
    """The day moves by two weeks; who changes it from the menu does so by one."""
    later = timedelta(days=14 if habit.check == "other_day" else 7)
    moved = habit.check == "other_day" or habit.name == "uncertain"
    rules = study.return_check
    return {rules.status: "other_day" if moved else habit.check, rules.date: (travels + later).isoformat()}
