"""What a conversation is played from: one study, its forms in every version still in use, the bot's own sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cora_bot.base.values import Value
from cora_bot.dialogue.phrases import Phrases
from cora_bot.forms.model import Form
from cora_bot.study.model import Study


class MediaFile(Value):
    """Where it lies, and its SHA-256 (hex)."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Script:
    """``forms`` are the current ones by form id; ``versions`` every one in use by ``Form.hash``.

    ``media``: what the forms' sounds, pictures and films are, by file name. ``enrolling``: new people may come in.
    False where the texts are not those that were approved.
    """

    study: Study
    forms: Mapping[str, Form]
    versions: Mapping[str, Form]
    phrases: Phrases
    enrolling: bool = True
    media: Mapping[str, MediaFile] = field(default_factory=dict)
