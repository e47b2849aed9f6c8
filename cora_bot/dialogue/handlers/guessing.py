"""Codes and pictures are guessed in vain: wrong ones are counted on the chat, and forgiven after a while."""

from __future__ import annotations

from datetime import timedelta

from cora_bot.dialogue.scene import Scene

CODES_ALLOWED = 5
PICTURES_ALLOWED = 3
WITHIN = timedelta(hours=1)
"""After so many wrong ones within this time none is looked at, the right one neither."""


def forgiven(scene: Scene) -> Scene:
    """The scene without misses that are old."""
    since = scene.conversation.chat.misses_since
    if since is None or scene.now - since < WITHIN:
        return scene
    return scene.with_chat(misses=0, misses_since=None)


def missed(scene: Scene) -> Scene:
    """One more miss."""
    chat = scene.conversation.chat
    return scene.with_chat(misses=chat.misses + 1, misses_since=chat.misses_since or scene.now)


def too_many(scene: Scene, allowed: int) -> bool:
    return scene.conversation.chat.misses >= allowed
