"""A compiled form: what the walk, the dialogue, the checks and the export may know of it. Values, no behaviour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from cora_bot.base.values import Value


class Kind(StrEnum):
    """How a question is answered."""

    SELECT_ONE = "select_one"
    SELECT_MANY = "select_many"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    RANGE = "range"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    TIME = "time"
    DATETIME = "datetime"
    RANK = "rank"
    GEOPOINT = "geopoint"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    REPEAT = "repeat"  # not a question of the author's: whether to add another instance of a repeat


MEDIA = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE})


class Option(Value):
    """One choice of a select as the form lists it. ``labels`` by language code; a missing language is absent."""

    value: str
    labels: Mapping[str, str]


class Question(Value):
    """One question, as compiled.

    ``number`` is its place in the form, stable for one form version (buttons carry it). ``ref`` is the absolute path
    (``/data/work``), ``name`` its last step. ``sealed`` says that its answer is sealed to the researchers on arrival
    and is not kept in the open session. ``options`` are all choices in the form's order; a button's choice number is
    an index into them, whatever filter or order applies when it is shown. ``labels``, ``hints``, ``guidance`` hold raw
    texts by language (outputs unresolved) for checks and codebooks. ``start``, ``end``, ``step`` are set for ranges.

    ``repeats`` are the paths of the repeats around it, outermost first; the path of an answer then carries numbers
    (``/data/child[2]/age``), ``bare_ref`` takes them out. ``keep``: later answerings may read the answer; ``purpose``:
    the id of the purpose it serves, '' for all; ``alert``: an expression says when somebody must look.
    """

    number: int
    ref: str
    name: str
    kind: Kind
    sealed: bool
    labels: Mapping[str, str]
    hints: Mapping[str, str]
    guidance: Mapping[str, str]
    options: tuple[Option, ...] = ()
    appearance: str = ""
    start: str = ""
    end: str = ""
    step: str = ""
    repeats: tuple[str, ...] = ()
    keep: bool = False
    purpose: str = ""
    alert: bool = False


class Column(Value):
    """One value a finished record may carry: a question or a calculation, in the form's order.

    Inside repeats a record carries it once for each instance. ``saveto`` is the property of the person's entity that
    it sets. The rest as in Question.
    """

    ref: str
    name: str
    kind: str
    question: Question | None
    repeats: tuple[str, ...] = ()
    keep: bool = False
    purpose: str = ""
    alert: bool = False
    saveto: str = ""


class Form(Value):
    """A compiled questionnaire.

    ``languages`` are BCP 47 codes (``fa-AF``) taken from headers such as ``label::Dari (fa-AF)``; ``hash`` is the
    SHA-256 (hex) of ``xform``, the XForm XML, and names this exact version. ``program`` belongs to the walk: the
    compiled tree and expressions, opaque to everyone else.
    """

    id: str
    version: str
    title: str
    languages: tuple[str, ...]
    default_language: str
    questions: tuple[Question, ...]
    columns: tuple[Column, ...]
    hash: str
    xform: str
    program: object


_NUMBERED = re.compile(r"\[\d+\]")


def bare_ref(ref: str) -> str:
    """``/data/child/age`` of ``/data/child[2]/age``: the ``ref`` of its question or column."""
    return _NUMBERED.sub("", ref)
