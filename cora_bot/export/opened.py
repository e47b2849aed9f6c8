"""What the export works on: opened records, and the answerings put together from them. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cora_bot.base.values import Value
from cora_bot.export.missing import Missing
from cora_bot.forms.model import Form
from cora_bot.vault.record import RecordHead


class OpenedRecord(Value):
    """One record after opening: its bound head and its body as it was sealed."""

    head: RecordHead
    body: Mapping[str, Any]


class Trouble(Value):
    """A record (or file) that could not go into the export, and why. ``record`` is an id, never content."""

    record: str
    what: str


@dataclass(frozen=True, slots=True)
class Answering:
    """One filled-in form of one person. ``values`` are canonical strings by ref; an unanswered question is absent.

    ``missing`` says why, for every question of the form that is not in ``values``; None where the record does not say.
    ``status`` is complete, partial or consent; ``mode`` how it was filled in (chat, phone, in_person), "" where the
    record does not say. ``instance_id``, ``meta`` and ``audit`` are what the record's instance needs beside the values;
    blank in records that do not say. ``code`` is the case code. ``parts`` are the ids of the records sealed on arrival
    that ``values`` was completed from.
    """

    record: str
    code: str
    wave: str
    number: int
    form: Form
    status: str
    language: str
    started_at: datetime
    finished_at: datetime
    values: Mapping[str, str]
    missing: Mapping[str, Missing] | None
    parts: tuple[str, ...]
    mode: str = ""
    instance_id: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
    audit: tuple[tuple[object, ...], ...] = ()


class Stamp(Value):
    """What tells one export from another: a random id, the time, the fingerprints of the keys that opened it."""

    export: str
    at: datetime
    opened_with: tuple[str, ...]
