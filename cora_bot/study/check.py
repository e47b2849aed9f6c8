"""What a study and its forms must be together, and which words must never be seen. Pure; knows no form engine.

A search of a phone must find nothing that says what the chat is about, so a word of any of the study's languages is
looked for in a text of every language, and inside longer words: Arabic writes its articles onto the word. Words of up
to three letters are looked for as whole words only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from typing import Final

from cora_bot.base.problems import Problem, Severity
from cora_bot.base.values import Value, replace
from cora_bot.study.model import Return, Study
from cora_bot.study.schedule import is_quiet

SHORT_WORD: Final = 3
OPEN_COLUMNS: Final = frozenset({"language", "region", "mode", "month", "wave", "status"})
HELP_CHECKED_EVERY: Final = timedelta(days=183)
TAKEN_CODES: Final = frozenset({"read", "heard", "staff_read"})
CHECK_CODES: Final = frozenset({"yes", "other_day", "not_going"})
RETURN_CODES: Final = frozenset({Return.PLANNED.value, Return.DONE.value})

# Letters that are typed one way or the other, and marks that are written or left out.
_SAME_LETTERS: Final = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا"})
_UNWRITTEN: Final = re.compile(r"[\u0640\u200c\u200d\u2060\u2066-\u2069\u200e\u200f]")


class ShownText(Value):
    """A text that people may see unasked: where it stands (``bot name``, ``invitation``), its language, itself."""

    place: str
    language: str
    text: str


class FormFacts(Value):
    """What the study must know of a form: question names with their option codes (none: not a select), languages.

    ``places`` are questions that ask where somebody is, ``files`` those for a picture, sound, film or file, ``alerts``
    those of which somebody must look at some answers.
    """

    languages: tuple[str, ...]
    questions: Mapping[str, tuple[str, ...]]
    places: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


def check_never_show(words: Mapping[str, Iterable[str]], texts: Iterable[ShownText]) -> tuple[Problem, ...]:
    """One error for each never-show word found in one of ``texts``."""
    sought = [(word, _folded(word)) for word in sorted({word for listed in words.values() for word in listed})]
    return tuple(
        Problem(
            "study.never_show",
            f"{shown.place} ({shown.language}) holds “{word}”",
            "Say it in words that tell nobody what this chat is about.",
        )
        for shown, there in [(shown, _folded(shown.text)) for shown in texts]
        for word, folded in sought
        if _holds(there, folded)
    )


def _holds(there: str, sought: str) -> bool:
    if len(sought) <= SHORT_WORD:
        return re.search(rf"(?<!\w){re.escape(sought)}(?!\w)", there) is not None
    return sought in there


def _folded(text: str) -> str:
    """Letters without case, accents, vowel signs and joiners; blanks as one blank."""
    plain = unicodedata.normalize("NFKD", _UNWRITTEN.sub("", text.casefold().translate(_SAME_LETTERS)))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(letters.translate(_SAME_LETTERS).split())


def check_against_forms(study: Study, forms: Mapping[str, FormFacts], *, file: str) -> tuple[Problem, ...]:
    """Everything study.toml says of its forms that they do not bear out."""
    found = [
        *_forms_there(study, forms),
        *_enrolment(study, forms),
        *_return_check(study, forms),
        *_places(study, forms),
        *_files(study, forms),
        *_alerts(study, forms),
        *_public_use(study, forms),
    ]
    return tuple(replace(problem, file=file) for problem in found)


def _forms_there(study: Study, forms: Mapping[str, FormFacts]) -> Iterator[Problem]:
    used = {wave.form: f"waves[{place}].form" for place, wave in enumerate(study.waves, start=1)}
    used |= {study.enrolment.form: "enrolment.form", study.return_check.form: "return_check.form"}
    for name, place in used.items():
        if name not in forms:
            yield Problem(
                "study.form", f"{place}: there is no form {name}", f"Add forms/{name}.xlsx or .md, or mend the name."
            )
            continue
        for language in study.languages:
            if language.code not in forms[name].languages:
                yield Problem(
                    "study.form_language",
                    f"{place}: the form {name} has no texts in {language.code}",
                    f"Add columns such as label::{language.name} ({language.code}).",
                )


def _enrolment(study: Study, forms: Mapping[str, FormFacts]) -> Iterator[Problem]:
    rules = study.enrolment
    form = forms.get(rules.form)
    if form is None:
        return
    for question, code in rules.required:
        yield from _has_codes(form, "enrolment.required", question, {code})
    for purpose, question in rules.purposes.items():
        yield from _has_codes(form, f"enrolment.purposes.{purpose}", question, {"yes", "no"})
    yield from _has_codes(form, "enrolment.taken", rules.taken, TAKEN_CODES)
    yield from _has_codes(form, "enrolment.return_status", rules.return_status, RETURN_CODES)
    yield from _has_codes(form, "enrolment.return_date", rules.return_date, frozenset())
    yield from _has_codes(form, "enrolment.country", rules.country, set(study.countries))
    for code in set(form.questions.get(rules.country, ())) - set(study.countries):
        yield Problem(
            "study.country",
            f"countries: nothing for {code}, which the form {rules.form} offers",
            f'Add {code} = ["…"].',
        )
    zones = {zone for listed in study.countries.values() if len(listed) > 1 for zone in listed}
    if zones:
        yield from _has_codes(form, "enrolment.zone", rules.zone, zones)
    yield from _has_codes(form, "enrolment.hour", rules.hour, frozenset())
    yield from _hours(study, form)


def _hours(study: Study, form: FormFacts) -> Iterator[Problem]:
    for code in form.questions.get(study.enrolment.hour, ()):
        if not re.fullmatch(r"1?\d|2[0-3]", code):
            yield Problem(
                "study.hour", f"enrolment.hour: the option {code} is not an hour", "Use the hours 0 to 23 as codes."
            )
        elif is_quiet(study.quiet, time(int(code))):
            yield Problem(
                "study.hour",
                f"enrolment.hour: the option {code} lies in the quiet hours",
                "Take it out of the form, or change [quiet_hours].",
                severity=Severity.WARNING,
            )


def _places(study: Study, forms: Mapping[str, FormFacts]) -> Iterator[Problem]:
    """Where somebody is, is asked only for a reason that was told before consent."""
    for name, form in forms.items():
        for question in form.places:
            if name == study.enrolment.form:
                hint = "Ask it in another form: nobody has consented yet."
                yield Problem("study.location", f"the form {name} asks where somebody is ({question})", hint)
            elif not study.location_reason:
                message = (
                    f"location_reason: the form {name} asks where somebody is ({question}), and no reason is given"
                )
                hint = "Write the reason in every language under [location_reason], or leave the question out."
                yield Problem("study.location", message, hint)


def _files(study: Study, forms: Mapping[str, FormFacts]) -> Iterator[Problem]:
    """Who refuses leaves nothing behind: a file would have to be fetched and locked before that is known."""
    form = forms.get(study.enrolment.form)
    for question in form.files if form else ():
        message = f"the form {study.enrolment.form} asks for a file ({question})"
        yield Problem("study.file", message, "Ask it in another form: nobody has consented yet.")


def _alerts(study: Study, forms: Mapping[str, FormFacts]) -> Iterator[Problem]:
    """Somebody is told only where that was agreed to, and only if it is said who."""
    for name, form in forms.items():
        if form.alerts and name == study.enrolment.form:
            hint = "Take bind::cora:alert out of this form: nobody has consented yet."
            yield Problem("study.alerts", f"the form {name} alerts somebody ({form.alerts[0]})", hint)
        elif form.alerts and study.alerts is None:
            message = f"alerts: the form {name} alerts somebody ({form.alerts[0]}), and nobody is named"
            hint = "Write [alerts] with purpose, duty and reads, or take bind::cora:alert out."
            yield Problem("study.alerts", message, hint)


def _public_use(study: Study, forms: Mapping[str, FormFacts]) -> Iterator[Problem]:
    """What nobody counts flags nothing: a slip in a name would make a table look safe."""
    columns = {f"{name}.{question}" for name, form in forms.items() for question in form.questions}
    for name in study.public_use.quasi_identifiers if study.public_use else ():
        if name not in columns | OPEN_COLUMNS:
            yield Problem(
                "study.public_use",
                f"public_use.quasi_identifiers: there is no column {name}",
                f"Write form.question, or one of {', '.join(sorted(OPEN_COLUMNS))}.",
            )


def check_help(study: Study, today: date) -> tuple[Problem, ...]:
    """Whether the help that people are shown was made sure of within half a year. Closed counsels help nobody."""
    hint = "Call every number in every language, then write checked = YYYY-MM-DD under [local_help]."
    checked = study.help_checked
    if checked is None:
        severity = Severity.ERROR if study.alerts else Severity.WARNING
        message = "local_help: nobody has written down when it was last checked"
        return (Problem("study.help", message, hint, severity=severity),)
    if checked > today:
        return (Problem("study.help", f"local_help.checked: {checked} is still to come", hint),)
    if checked + HELP_CHECKED_EVERY < today:
        return (Problem("study.help", f"local_help: not checked since {checked}, for more than half a year", hint),)
    return ()


def _return_check(study: Study, forms: Mapping[str, FormFacts]) -> Iterator[Problem]:
    form = forms.get(study.return_check.form)
    if form is None:
        return
    yield from _has_codes(form, "return_check.status", study.return_check.status, CHECK_CODES)
    yield from _has_codes(form, "return_check.date", study.return_check.date, frozenset())


def _has_codes(form: FormFacts, place: str, question: str, codes: Iterable[str]) -> Iterator[Problem]:
    if question not in form.questions:
        yield Problem(
            "study.question",
            f"{place}: the form has no question {question!r}",
            "Use a name of the form's column name, or add the question.",
        )
        return
    for code in sorted(set(codes) - set(form.questions[question])):
        yield Problem(
            "study.option",
            f"{place}: the question {question} has no option {code}",
            f"Add it to the form's choices, or mend {place}.",
        )
