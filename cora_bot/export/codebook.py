"""The codebook: how to read the tables, then every form version with its questions, options and rules, as Markdown.

Texts stand as the author wrote them. Rules (relevant, constraint, required, calculate) are shown as the XForm has them:
that is what was applied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from defusedxml.ElementTree import fromstring

from cora_bot.export import contacts, missing, reasons, visits
from cora_bot.export.bundle_facts import OutageFact
from cora_bot.export.columns import FormColumns
from cora_bot.export.dispositions import AAPOR, MEANINGS
from cora_bot.export.reading import NOT_ASKED, OUTAGES, READING, RESPONSE
from cora_bot.forms.model import Column, Form, Kind, Question
from cora_bot.study.model import Study

_RULES = ("relevant", "constraint", "required", "calculate")
_BIND = "{http://www.w3.org/2002/xforms}bind"


def codebook(forms: Sequence[FormColumns], *, study: Study, export: str, outages: Sequence[OutageFact] = ()) -> str:
    """``codebook.md``; ``export`` is the export's id."""
    return "\n".join(_lines(forms, study, export, outages)) + "\n"


def _lines(forms: Sequence[FormColumns], study: Study, export: str, outages: Sequence[OutageFact]) -> Iterator[str]:
    yield f"# Codebook: {_inline(study.title)}"
    yield ""
    yield f"Study `{study.id}`, version {study.version}, export `{export}`."
    yield ""
    yield READING
    yield from _vocabularies()
    yield OUTAGES
    if outages:
        yield from _table(("place", "from", "until"), ((one.place, one.begins, one.until) for one in outages))
    yield "## Languages"
    yield ""
    yield from _table(("code", "language", "texts"), ((one.code, one.name, one.review) for one in study.languages))
    for form in forms:
        for version in form.versions:
            yield from _form(form, version)


def _vocabularies() -> Iterator[str]:
    yield "## Reasons in missing"
    yield ""
    yield from _table(("missing", "meaning"), missing.MEANINGS.items())
    yield NOT_ASKED
    yield "## Outcomes in dispositions.csv"
    yield ""
    yield from _table(("disposition", "after AAPOR", "meaning"), ((key, AAPOR[key], MEANINGS[key]) for key in AAPOR))
    yield "`reason` says more, also why something planned was held back:"
    yield ""
    yield from _table(("reason", "meaning"), reasons.OCCASIONS.items())
    yield RESPONSE
    yield "## Outcomes in visits.csv"
    yield ""
    yield from _table(
        ("outcome", "after AAPOR", "meaning"), ((key, visits.AAPOR[key], visits.MEANINGS[key]) for key in visits.AAPOR)
    )
    yield "`moves` and `misses`: how often a time was changed, and missed. `messages_sent`: messages about it. `opened`"
    yield "and `booked` (1 or 0): the offer was looked at; a time was booked at least once. `closes`: the trip's end."
    yield ""
    yield "## Messages in contacts.csv"
    yield ""
    yield "One row per message that was to be sent unasked; replies to something a person did are not in it. `wave` and"
    yield "`number` name its occasion, `created_at` when it was put in line, `finished_at` when that state was reached."
    yield ""
    yield from _table(("reason", "meaning"), contacts.REASONS.items())
    yield from _table(("state", "meaning"), contacts.STATES.items())
    yield from _table(("outcome", "meaning"), ((key or "(empty)", text) for key, text in contacts.OUTCOMES.items()))
    yield "Any other outcome is Telegram's refusal, `status_` with its number, or newer than this codebook."
    yield ""


def _form(columns: FormColumns, form: Form) -> Iterator[str]:
    yield f"## Form {form.id}, version {form.version or '(none)'}: {_inline(form.title)}"
    yield ""
    yield f"Languages: {', '.join(form.languages) or '(none)'}. SHA-256 of the form: `{form.hash}`"
    yield ""
    rules = _rules(form.xform)
    names = columns.names()
    for column in form.columns:
        own = rules.get(column.ref, {})
        yield from _column(names[column.ref], column, rules=own, languages=form.languages)
    valued = {column.ref for column in form.columns}
    for question in form.questions:
        if question.ref not in valued:
            yield f"### {question.name} ({question.kind}, no answer)"
            yield ""
            yield from _texts("text", question.labels)
            yield ""


def _column(name: str, column: Column, *, rules: Mapping[str, str], languages: Sequence[str]) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield f"- path: `{column.ref}`"
    yield f"- type: {column.kind}"
    question = column.question
    if column.repeats:
        yield f"- once for each instance of `{column.repeats[-1]}`: in `answers_long.csv` only, see `instance`"
    if question is not None:
        yield from _question(question)
    for rule, text in rules.items():
        yield f"- {rule}: `{_inline(text)}`"
    yield ""
    if question is not None and question.options:
        languages = [one for one in languages if any(one in option.labels for option in question.options)]
        yield from _table(
            ("code", *languages),
            ((option.value, *(option.labels.get(one, "") for one in languages)) for option in question.options),
        )


def _question(question: Question) -> Iterator[str]:
    if question.sealed:
        yield "- sealed on arrival: the server could not read it even while the form was open"
    if question.kind is Kind.RANGE:
        yield f"- range: {question.start} to {question.end}, step {question.step}"
    yield from _texts("label", question.labels)
    yield from _texts("hint", question.hints)
    yield from _texts("guidance", question.guidance)


def _texts(what: str, texts: Mapping[str, str]) -> Iterator[str]:
    for language, text in texts.items():
        yield f"- {what} ({language}): {_inline(text)}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows:
        yield "| " + " | ".join(_inline(cell).replace("|", "\\|") for cell in row) + " |"
    yield ""


def _inline(text: str) -> str:
    """On one line: a line break in a label would break out of its list or table."""
    return " ".join(text.split())


def _rules(xform: str) -> dict[str, dict[str, str]]:
    """Per path, the rules of its bind."""
    binds = fromstring(xform).iter(_BIND)
    return {
        bind.get("nodeset", ""): {rule: text for rule in _RULES if (text := bind.get(rule)) and text != "false()"}
        for bind in binds
    }
