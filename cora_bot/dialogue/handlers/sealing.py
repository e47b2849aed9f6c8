"""Answers that are sealed on arrival: a record at once, and no trace of it in the open session."""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import Fragment
from cora_bot.dialogue.handlers import questions
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.turn import Record, RecordKind
from cora_bot.forms.walk import Stored

Sealing = tuple[Scene, tuple[Record, ...], tuple[bytes, ...]]


def sealed(scene: Scene, stored: Stored, value: str) -> Sealing:
    """The scene, the record if the answer is one of those, and the earlier records of the same question, which go."""
    if not stored.sealed:
        return scene, (), ()
    scene, record = questions.record(scene, RecordKind.FRAGMENT, {"ref": stored.ref, "value": value})
    scene, earlier = instead(scene, Fragment(stored.ref, record.id))
    return scene, (record,), earlier


def instead(scene: Scene, fragment: Fragment) -> tuple[Scene, tuple[bytes, ...]]:
    """The session with this fragment, and the records of those to the same question before."""
    before = scene.session.fragments
    earlier = tuple(each.record for each in before if each.ref == fragment.ref)
    others = tuple(each for each in before if each.ref != fragment.ref)
    return scene.with_session(replace(scene.session, fragments=(*others, fragment))), earlier
