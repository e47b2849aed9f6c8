"""What a walk gives to be shown, and what came of an answer."""

from __future__ import annotations

from cora_bot.base.values import Value
from cora_bot.forms.model import Question


class Clip(Value):
    """A sound, picture or film that says or shows a text: its sort (``audio``, ``image``, ``video``) and file name."""

    sort: str
    file: str


class ShownChoice(Value):
    """``index`` is the place among all options of the question; ``place`` that in a rank, from 1, 0: not ranked."""

    index: int
    value: str
    label: str
    picked: bool
    place: int = 0
    clips: tuple[Clip, ...] = ()


class Place(Value):
    """Where in a repeat: its label (or name) and the place among the instances that count, from 1, of how many."""

    label: str
    place: int
    of: int


class Shown(Value):
    """The current question in one language. ``value`` is the canonical answer so far; ``kept``: a sealed one exists.

    ``position`` of ``total``: how many questions of those that apply, notes aside, lie before this one.

    ``ref`` is the path with the numbers of instances, ``path`` says the same to a person, outermost repeat first.
    Where another instance is offered (Kind.REPEAT), ``choices`` are those of ``add`` (index 0), ``no`` (1) and
    ``remove`` (2, the last instance) that are possible, ``instances`` how many there are; their labels are marks for
    the dialogue to put words in the place of. What is read only for now is shown with Kind.NOTE.
    """

    question: Question
    label: str
    hint: str
    guidance: str
    choices: tuple[ShownChoice, ...]
    required: bool
    value: str
    kept: bool
    can_go_back: bool
    position: int
    total: int
    ref: str = ""
    path: tuple[Place, ...] = ()
    instances: int = 0
    clips: tuple[Clip, ...] = ()


class Stored(Value):
    """An answer to ``ref`` was taken ("" where one was cleared).

    ``sealed``: it is only here, the walk does not keep it.
    ``dropped``: questions whose choices no longer fit and were taken back.
    """

    ref: str
    value: str
    sealed: bool = False
    dropped: tuple[Question, ...] = ()
