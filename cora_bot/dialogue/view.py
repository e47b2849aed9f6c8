"""How far somebody has got within the question at hand, before it is answered."""

from __future__ import annotations

from cora_bot.base.values import replace
from cora_bot.dialogue.conversation import View
from cora_bot.dialogue.scene import Scene
from cora_bot.forms.walk import Shown


def view_of(scene: Scene, shown: Shown) -> View:
    return view_at(scene, shown.ref)


def view_at(scene: Scene, ref: str) -> View:
    """What was kept for this very question; a fresh one where another question was looked at last."""
    kept = scene.session.view
    return kept if kept.ref == ref else View(ref=ref)


def with_view(scene: Scene, view: View) -> Scene:
    if scene.session.view == view:
        return scene
    return scene.with_session(replace(scene.session, view=view))
