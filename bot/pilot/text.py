"""What Telegram does to text before anyone sees it: cleaning, length in UTF-16 units, marked-up parts.

Rules: lengths and offsets are UTF-16 code units, as everywhere in the Bot API. The cleaning follows TDLib's
``clean_input_string``. HTML is the only parse mode; the others are refused openly rather than half understood.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

Json = dict[str, object]

MAX_TEXT = 4096

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "blockquote": "blockquote", "tg-spoiler": "spoiler", "a": "text_link",
}  # fmt: skip
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?!\w)")
_CONTROLS = dict.fromkeys([*range(10), 11, 12, *range(14, 32)], " ")
# Line separators and the embedding and override marks U+202A-U+202E never arrive; the isolates U+2066-U+2069 do.
_REMOVED = dict.fromkeys([0x0D, *range(0x2028, 0x202F)], "")


class MarkupError(ValueError):
    """Text or markup Telegram would refuse; the message is the end of its description."""


def units(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Text as it is stored: control characters become blanks, a few marks vanish, both ends are trimmed."""
    return text.translate(_CONTROLS | _REMOVED).strip(" \n")


def commands(text: str) -> list[Json]:
    """``bot_command`` entities of a text that a person typed."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found.group())}
        for found in _COMMAND.finditer(text)
    ]


class _Html(HTMLParser):
    """Collects plain text and entities; raises on what Telegram refuses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[Json] = []
        self._open: list[tuple[str, int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise MarkupError(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self._place()}')
        self._open.append((tag, units(self.text), dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise MarkupError(f"can't parse entities: Unmatched end tag at byte offset {self._place()}")
        name, start, href = self._open.pop()
        entity: Json = {"type": _TAGS[name], "offset": start, "length": units(self.text) - start}
        if href:
            entity["url"] = href
        if units(self.text) > start:
            self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        self.text += data

    def finish(self) -> None:
        self.close()
        if self._open:
            raise MarkupError(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self._open[-1][0]}\""
            )

    def _place(self) -> int:
        return len(self.rawdata[: self.getpos()[1]].encode())


def parse(text: str, mode: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cleaned text and its entities, under ``mode`` ("" or "HTML") or with entities given. Raises MarkupError."""
    if mode == "":
        body, found = text, entities
    elif mode.lower() == "html":
        parser = _Html()
        parser.feed(text)
        parser.finish()
        body, found = parser.text, sorted(parser.entities, key=lambda entity: str(entity["offset"]).zfill(6))
    else:
        raise MarkupError(f"unsupported parse_mode {mode[:20]} (this emulator knows HTML only)")
    shown = clean(body)
    lead = units(body) - units(body.lstrip(" \n"))
    if lead:
        found = [{**entity, "offset": max(0, int(str(entity["offset"])) - lead)} for entity in found]
    if not shown:
        raise MarkupError("text must be non-empty" if body else "message text is empty")
    if units(shown) > MAX_TEXT:
        raise MarkupError("message is too long")
    return shown, found
