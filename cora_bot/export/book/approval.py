"""The last sheet: what is to be written into study.toml once a board has approved these texts."""

from __future__ import annotations

import json
from xml.etree.ElementTree import Element

from cora_bot.dialogue.approval import text_hashes
from cora_bot.dialogue.script import Script
from cora_bot.export.book.contents import chapter as made
from cora_bot.export.book.facts import Facts
from cora_bot.export.book.words import Words
from cora_bot.export.page import e


def chapter(script: Script, facts: Facts, words: Words) -> Element:
    return made(
        "approval",
        words("After the approval"),
        e(
            "p",
            words("Write this at the end of study.toml. From then on nobody is enrolled with other texts than these."),
        ),
        e("pre", table(script, facts), dir="ltr"),
        e("p", words("A person who takes part already goes on; a code that could not be used stays good.")),
    )


def table(script: Script, facts: Facts) -> str:
    """The lines of study.toml."""
    found = text_hashes(script.study, script.forms, script.media)
    parts = "".join(f"{json.dumps(name)} = {json.dumps(digest)}\n" for name, digest in found.parts.items())
    return (
        f"[approval]\ntext_hash = {json.dumps(found.whole)}\n"
        f'by = "the board, and the number of its vote"\non = {facts.made_on.isoformat()}\n\n'
        f"[approval.parts]\n{parts}"
    )
