"""What a new study still leaves open: texts in which ⟦something⟧ waits to be replaced. Nobody is asked with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cora_bot.dialogue.approval import STUDY_PART, study_texts
from cora_bot.forms.every_text import every_text
from cora_bot.forms.model import Form
from cora_bot.study.model import Study

MARKS: Final = frozenset("⟦⟧")


def unfinished(study: Study, forms: Mapping[str, Form]) -> tuple[str, ...]:
    """The parts (study.toml, form ids) with a text that people would see unfinished."""
    parts = {STUDY_PART: study_texts(study)} | {name: iter(every_text(form.xform)) for name, form in forms.items()}
    return tuple(name for name, lines in parts.items() if any(MARKS & set(line[-1]) for line in lines))
