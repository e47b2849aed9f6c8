"""What is said besides the forms: the study's own texts, and the bot's sentences, those nobody asked for first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.approval import sentences_hash
from cora_bot.dialogue.script import Script
from cora_bot.export.book.contents import beside, grid
from cora_bot.export.book.contents import chapter as made
from cora_bot.export.book.facts import Facts
from cora_bot.export.book.words import Words
from cora_bot.export.page import code, e


def of_study(script: Script, words: Words) -> Element:
    study = script.study
    named = (
        ("How to reach the team", study.team_contact),
        ("What is stored (/privacy)", study.privacy),
        ("Help in need", study.local_help),
        *([("Why a form asks where somebody is", study.location_reason)] if study.location_reason else []),
        *([("When somebody reads an answer that alerts", study.alerts.reads)] if study.alerts else []),
    )
    never = [(e("bdi", study.language(code_).name), " · ".join(listed)) for code_, listed in study.never_show.items()]
    return made(
        "study-texts",
        words("The study's other texts"),
        list(beside(study, [(words(name), texts) for name, texts in named], words)),
        e("h3", words("Words that never stand where others may read them")),
        e(
            "p",
            words("They are looked for in every message nobody asked for, the bot's profile, its commands and cards."),
        ),
        grid([words("Language"), words("Words")], never),
    )


def of_bot(script: Script, facts: Facts, words: Words) -> Element:
    codes = [language.code for language in script.study.languages]
    tables = [
        (
            e("h3", words(title)),
            list(beside(script.study, [(number, _texts(script, text)) for number, text in rows], words)),
        )
        for title, rows in _groups(facts.sentences)
        if rows
    ]
    digest = sentences_hash(script.phrases, codes, facts.sentences)
    return made(
        "bot-sentences",
        words("The bot's own sentences"),
        e("p", words("They come with the program; what stands in {braces} is filled in."), " ", code(digest[:16])),
        [each for heading, listed in tables for each in (heading, *listed)],
    )


def _texts(script: Script, sentence: str) -> Mapping[str, str]:
    return {language.code: script.phrases.say(sentence, language.code) for language in script.study.languages}


def _groups(sentences: tuple[str, ...]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    yield "Messages nobody asked for (a locked phone may show them)", [("", text) for text in p.UNSOLICITED]
    yield "The commands in the chat's menu", [(f"/{name}", text) for name, text in p.COMMANDS.items()]
    yield "To people the bot does not know", [("", text) for text in p.STRANGER_PHRASES]
    yield "On the card with the code", [("", text) for text in p.CARD_PHRASES]
    yield "To the team, on phones of its own", [("", text) for text in p.STAFF_PHRASES]
    known = {*p.UNSOLICITED, *p.COMMANDS.values(), *p.STRANGER_PHRASES, *p.CARD_PHRASES, *p.STAFF_PHRASES}
    yield "In the conversation", [("", text) for text in sentences if text not in known]
