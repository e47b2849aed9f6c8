"""Which sounds, pictures and films a form shows: what must lie beside it."""

from __future__ import annotations

from cora_bot.forms.model import Form
from cora_bot.forms.program import Media, Program
from cora_bot.forms.shown import Clip


def clips_of(form: Form) -> frozenset[Clip]:
    """Of all questions and choices, in every language."""
    if not isinstance(form.program, Program):
        raise TypeError("the form was not compiled")
    asked = form.program.asked
    held = [*(each.media for each in asked), *(choice.media for each in asked for choice in each.choices)]
    return frozenset(clip for media in held for clip in _clips(media))


def _clips(media: Media) -> list[Clip]:
    return [Clip(sort, file) for sort, files in media.items() for file in files.values()]
