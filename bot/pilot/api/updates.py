"""getUpdates and the webhook's settings.

Rules: one poller per bot. A newer getUpdates ends an older one that still waits, with 409. While a webhook is set,
getUpdates is refused, and ``webhook.Courier`` posts.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.pilot.api.call import Parameters, refuse
from bot.pilot.text import Json
from bot.pilot.world import World
from cora_bot.base.clock import monotonic

OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(slots=True)
class Poll:
    """A getUpdates that waits. ``ended`` is why it must stop, "" while it may wait."""

    ended: str = ""


class Poller:
    """Answers getUpdates for one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: Poll | None = None
        self._closed = False

    def end(self, reason: str) -> None:
        """Ends the waiting poll, if there is one, with 409."""
        if self._open is not None:
            self._open.ended = reason
            self._open = None
            self._world.queue.bell.ring()

    def close(self) -> None:
        """The server stops: waiting polls come back empty."""
        self._closed = True
        self._world.queue.bell.ring()

    async def get_updates(self, call: Parameters) -> list[Json]:
        queue = self._world.queue
        if self._world.profile.webhook.get("url"):
            refuse(WEBHOOK_SET, code=409)
        self.end(OTHER_POLLER)
        kinds = call.json("allowed_updates")
        if isinstance(kinds, list):
            queue.allow([str(kind) for kind in kinds])
        offset, asked = call.integer("offset"), monotonic()
        limit, timeout = queue.throttle(
            offset, limit=call.integer("limit", 100), timeout=call.integer("timeout"), at=asked
        )
        poll = self._open = Poll()
        try:
            while True:
                revision = queue.bell.revision
                if poll.ended:
                    refuse(poll.ended, code=409)
                batch = queue.take(offset, limit)
                left = asked + timeout - monotonic()
                if batch or left <= 0 or self._closed:
                    return batch
                await queue.bell.wait(after=revision, seconds=left)
        finally:
            if self._open is poll:
                self._open = None

    def set_webhook(self, call: Parameters) -> bool:
        url = call.text("url")
        if url and not url.startswith("https://") and not self._world.local:
            refuse("bad webhook: An HTTPS URL must be provided for webhook")
        self.end("terminated by setWebhook request")
        kinds = call.json("allowed_updates")
        if isinstance(kinds, list):
            self._world.queue.allow([str(kind) for kind in kinds])
        if call.flag("drop_pending_updates"):
            self._world.queue.clear()
        self._world.profile.webhook = (
            {"url": url, "max_connections": call.integer("max_connections", 40)} if url else {}
        )
        self._world.profile.webhook_secret = call.text("secret_token")
        self._world.queue.bell.ring()
        return True

    def delete_webhook(self, call: Parameters) -> bool:
        return self.set_webhook(Parameters({**call.given, "url": ""}))

    def webhook_info(self, _call: Parameters) -> Json:
        shown: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._world.queue)}
        allowed = self._world.queue.allowed
        return shown | self._world.profile.webhook | ({"allowed_updates": allowed} if allowed else {})
