"""A study as one document for an ethics board: every text in every language, when it is asked, who can read it.

It is made from what the bot itself plays from, so that it cannot describe another study than the one that runs. The
document's own words are in English or German; what people see stands beside each other in all languages of the study.
"""

from __future__ import annotations

from typing import Final

from cora_bot.dialogue.script import Script
from cora_bot.export.book import approval, contents, forms, media, opening, own_words, protection, schedule
from cora_bot.export.book.facts import Facts, Held
from cora_bot.export.book.style import STYLE
from cora_bot.export.book.words import GERMAN, Words
from cora_bot.export.page import POLICY, page

LANGUAGES: Final = ("en", "de")

__all__ = ["LANGUAGES", "Facts", "Held", "document"]
HEARD: Final = f"{POLICY}; media-src data:"


def document(script: Script, facts: Facts, language: str) -> str:
    """The whole page of HTML, to be read in a browser and printed there."""
    words = Words(language, {"en": None, "de": GERMAN}[language])
    chapters = [
        opening.chapter(script, facts, words),
        schedule.chapter(script, facts, words),
        protection.chapter(script, words),
        *forms.chapters(script, words),
        *media.chapters(script, facts, words),
        own_words.of_study(script, words),
        own_words.of_bot(script, facts, words),
        approval.chapter(script, facts, words),
    ]
    listed = contents.table(chapters, words)
    return page(script.study.title, chapters[0], listed, chapters[1:], language=language, style=STYLE, policy=HEARD)
