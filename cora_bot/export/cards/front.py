"""The side that is shown to a person: a picture to scan, the same as a link and as a code, three steps in pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

import segno

from cora_bot.base.calendars import day
from cora_bot.base.text import isolate
from cora_bot.dialogue import phrases as p
from cora_bot.export.cards import icons
from cora_bot.export.cards.batch import Batch
from cora_bot.export.page import code as letters
from cora_bot.export.page import e, said

Saying = Callable[[str], str]

LINK: Final = "https://t.me/{bot}?start={code}"
STEPS: Final = ((icons.SCAN, p.CARD_SCAN), (icons.START, p.CARD_START), (icons.LANGUAGE, p.CARD_LANGUAGE))


def card(batch: Batch, number: str, code: str) -> Element:
    link = LINK.format(bot=batch.bot, code=code)
    return e(
        "article",
        e("header", e("span", number, class_="number")),
        e("div", _picture(link), letters(link.removeprefix("https://"), class_="link"), class_="scan"),
        e("ol", [_step(batch, place, *step) for place, step in enumerate(STEPS, start=1)], class_="steps"),
        e("footer", _to_type(batch, code), _in_all(batch, lambda language: once(batch, language)), class_="typed"),
        class_="card",
    )


def sentences(batch: Batch, language: str) -> Iterator[str]:
    """Every sentence of the card in one language."""
    for _, phrase in STEPS:
        yield batch.phrases.say(phrase, language)
    yield typed(batch, language)
    yield once(batch, language)


def _picture(link: str) -> Element:
    """Level M mends what is lost by 15 % of the picture: a fold, a thumb's dirt. Black on white at any time."""
    made = segno.make(link, error="m", micro=False)
    width, height = made.symbol_size(scale=1, border=4)
    dark = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(made.matrix_iter(border=4))
        for x, module in enumerate(row)
        if module
    )
    square = e("path", d=dark, fill="#000")
    white = e("rect", width=str(width), height=str(height), fill="#fff")
    return e("svg", white, square, viewBox=f"0 0 {width} {height}", class_="qr", shape_rendering="crispEdges")


def _step(batch: Batch, place: int, icon: str, phrase: str) -> Element:
    return e(
        "li",
        e("span", str(place), class_="place"),
        icons.drawn(icon),
        _in_all(batch, lambda language: batch.phrases.say(phrase, language)),
    )


def _to_type(batch: Batch, code: str) -> Element:
    return e("div", _in_all(batch, lambda language: typed(batch, language)), letters(code, class_="code"))


def typed(batch: Batch, language: str) -> str:
    return batch.phrases.say(p.CARD_TYPE, language, bot=isolate(f"@{batch.bot}"))


def once(batch: Batch, language: str) -> str:
    return batch.phrases.say(p.CARD_ONCE, language, day=isolate(day(batch.until, language)))


def _in_all(batch: Batch, text: Saying) -> Element:
    return e("div", [said(text(language), language) for language in batch.languages], class_="said")
