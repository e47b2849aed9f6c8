"""Where Telegram posts to, for who may not have to listen at all: nothing of a web server is imported for this."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class WebhookAt:
    """``url`` is what Telegram posts to; this process listens on ``host`` and ``port``, plainly, behind a proxy."""

    url: str
    host: str
    port: int
    secret: str = field(repr=False)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"
