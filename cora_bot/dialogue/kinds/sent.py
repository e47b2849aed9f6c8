"""Kinds that are answered by sending something, and what is said to who writes words instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.kinds import files
from cora_bot.forms.model import Kind

SENT_ONLY: Final[Mapping[Kind, str]] = {Kind.GEOPOINT: p.PLACE_ONLY, **files.ASKED}
