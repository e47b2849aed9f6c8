"""Where answers go, who can read them there, how long they are kept, and when each is sealed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final
from xml.etree.ElementTree import Element

from cora_bot.dialogue.script import Script
from cora_bot.export.book import spans
from cora_bot.export.book.contents import chapter as made
from cora_bot.export.book.contents import grid
from cora_bot.export.book.words import Words
from cora_bot.export.page import Child, code, e
from cora_bot.forms.model import Form, Kind
from cora_bot.study.model import Study
from cora_bot.vault.agefile import Recipient

PLACES: Final = (
    (
        "The person's phone",
        "The chat. One card is changed in place; what was typed is removed once it is stored.",
        "Whoever holds the phone.",
    ),
    (
        "Telegram",
        "The chat while it happens; account, number, internet address. Chats with bots are not end-to-end encrypted.",
        "Telegram, outside the European Union.",
    ),
    (
        "The server: the bot",
        "Answers pass through it. While a form is open, what its logic needs is kept under the server's own key.",
        "Whoever controls the server while a form is open.",
    ),
    (
        "The server: sealed records",
        "Finished answers and consents, sealed to the researchers named here; language, zone and times in the open.",
        "The server cannot open them.",
    ),
    (
        "The server: key store",
        "Which person belongs to which records; one erasure key for each person. Kept apart, with backups of its own.",
        "The server with its key. Destroying one key erases one person's records.",
    ),
    (
        "The bundle",
        "Sealed records, case codes, languages, time zones, times. No address of anybody.",
        "Only the researchers named here can open the records.",
    ),
    (
        "The researcher's computer",
        "Opened answers under case codes, without names or addresses.",
        "The researchers.",
    ),
)
BESIDE: Final = (
    (
        "The server: entered by staff",
        "What a person answers on the phone or face to face may be typed in there; it is sealed like the rest.",
        "The member of staff who asks.",
    ),
)
"""Another way in, beside the chat."""


def chapter(script: Script, words: Words) -> Element:
    study = script.study
    flow = list(chain.from_iterable((e("b", words(name)), e("span", "→")) for name, _, _ in PLACES))[:-1]
    heads = [words(each) for each in ("Where", "What is there", "Who can read it there")]
    return made(
        "protection",
        words("Where answers go and who can read them"),
        e("p", flow, class_="flow"),
        grid(heads, [[words(each) for each in place] for place in (*PLACES, *BESIDE)]),
        e("h3", words("Who can open answers")),
        _recipients(study, words),
        e("h3", words("How long")),
        grid([words("What"), words("Kept")], _kept(study, words)),
        e("p", words("The program writes these times down. To delete in time is up to the team.")),
        e("h3", words("What is agreed to, purpose by purpose")),
        grid([words("Purpose"), words("Question"), words("Waves")], _purposes(script)),
        e("h3", words("When each answer is sealed")),
        e("p", words("On arrival: nothing in the form reads it again. When the form ends: until then its logic may.")),
        grid(
            [words("Form"), words("Sealed on arrival"), words("Sealed when the form ends, or breaks off")],
            [_sealed(form) for form in script.forms.values()],
        ),
        e("h3", words("Countries and time zones")),
        grid(
            [words("Country"), words("Time zones")], [(key, ", ".join(zones)) for key, zones in study.countries.items()]
        ),
    )


def _recipients(study: Study, words: Words) -> Element:
    if not study.recipients:
        return e("p", words("Nobody yet: the study is not open."))
    rows = [
        (str(number), code(Recipient.parse(text).fingerprint()))
        for number, text in enumerate(study.recipients, start=1)
    ]
    return grid([words("Key"), words("Fingerprint, as it stands on the researcher's paper")], rows)


def _kept(study: Study, words: Words) -> Iterator[tuple[Child, ...]]:
    records, contacts = (spans.calendar(text, words) for text in (study.retention.records, study.retention.contacts))
    yield words("Answers, without a link to a person"), words("{span} after the study's end", span=records)
    yield words("How a person can be reached"), words("{span} after the last contact", span=contacts)


def _purposes(script: Script) -> Iterator[tuple[Child, ...]]:
    study = script.study
    questions = {question.name: question for question in script.forms[study.enrolment.form].questions}
    for purpose, name in study.enrolment.purposes.items():
        label = questions[name].labels.get(study.default_language, "")
        waves = ", ".join(wave.id for wave in study.occasions if wave.purpose == purpose)
        yield code(purpose), e("bdi", label, lang=study.default_language), waves or "–"


def _sealed(form: Form) -> tuple[Child, ...]:
    asked = [question for question in form.questions if question.kind is not Kind.NOTE]
    early = ", ".join(question.name for question in asked if question.sealed)
    late = ", ".join(question.name for question in asked if not question.sealed)
    return code(form.id), early or "–", late or "–"
