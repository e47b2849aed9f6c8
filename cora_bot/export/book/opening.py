"""The first sheet: which study, in which version, how far reviewed and approved, and every hash."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from cora_bot.dialogue.approval import changed_texts, text_hashes
from cora_bot.dialogue.script import Script
from cora_bot.export.book.contents import grid
from cora_bot.export.book.facts import Facts
from cora_bot.export.book.words import Words
from cora_bot.export.page import code, e


def chapter(script: Script, facts: Facts, words: Words) -> Element:
    study = script.study
    pairs = (
        (words("Study"), code(study.id)),
        (words("Version"), study.version),
        (words("Made on"), words.day(facts.made_on)),
        (words("Program"), f"CoR.A Bot {facts.program}"),
        (words("Approval"), _approval(script, words)),
        (words("Hash of all texts people see"), code(text_hashes(study, script.forms, script.media).whole)),
        (words("Hash of study.toml"), code(study.hash)),
    )
    return e(
        "section",
        e("h1", study.title),
        e("p", words("Everything people see and everything that happens, for the ethics board."), class_="lead"),
        e("table", [e("tr", e("th", name), e("td", value)) for name, value in pairs], class_="pairs"),
        e("h3", words("Languages and how far their texts were read by a speaker")),
        _reviews(script, facts, words),
        e("h3", words("Forms")),
        _versions(script, words),
        class_="opening",
    )


def _approval(script: Script, words: Words) -> str:
    approval = script.study.approval
    if approval is None:
        return words("Not approved by anybody yet.")
    said = words("Approved by {by} on {day}.", by=approval.by, day=words.day(approval.on))
    changed = changed_texts(script.study, script.forms, script.media)
    if not changed:
        return f"{said} {words('The texts are those that were approved.')}"
    listed = "; ".join(changed)
    return f"{said} {words('CHANGED since then, nobody can be enrolled: {what}.', what=listed)}"


def _reviews(script: Script, facts: Facts, words: Words) -> Element:
    rows = [
        (
            e("bdi", language.name, lang=language.code),
            code(language.code),
            words(language.review),
            words(facts.reviews.get(language.code, "missing")),
        )
        for language in script.study.languages
    ]
    heads = [words(each) for each in ("Language", "Code", "The study's texts", "The bot's own sentences")]
    return grid(heads, rows)


def _versions(script: Script, words: Words) -> Element:
    parts = text_hashes(script.study, script.forms, script.media).parts
    rows = [
        (code(form.id), form.version, str(len(form.questions)), code(parts[form.id]), code(form.hash[:16]))
        for form in script.forms.values()
    ]
    heads = [words(each) for each in ("Form", "Version", "Questions", "Hash of its texts", "Hash of the form")]
    return grid(heads, rows)
