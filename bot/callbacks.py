"""Button data: ``Press`` to at most 64 bytes and back. Pure.

The form is ``1`` (version), the verb's letter, then card, node and choice in base 36 with dots between and trailing
zeros left out: ``1c5.1a.2``. A modified Telegram client may send any bytes, so whatever is not exactly what ``pack``
writes is None: there is one spelling for every press.
"""

from __future__ import annotations

from functools import lru_cache

from cora_bot.dialogue.inputs import Press, Verb

LIMIT = 64
NUMBER_LIMIT = 2**31  # what every database's whole number holds

_VERSION = "1"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_VERBS = {verb.value: verb for verb in Verb}


def pack(press: Press) -> str:
    """The data of a button; ASCII, at most ``LIMIT`` bytes. Raises ValueError for a number that is out of range."""
    numbers = [_base36(number) for number in (press.card, press.node, press.choice)]
    while numbers and numbers[-1] == "0":
        numbers.pop()
    return f"{_VERSION}{press.verb.value}{'.'.join(numbers)}"


def unpack(packed: str) -> Press | None:
    """The press that ``packed`` stands for, or None when it is not of our making."""
    if len(packed) < 2 or len(packed) > LIMIT or packed[0] != _VERSION:
        return None
    verb = _VERBS.get(packed[1])
    numbers = packed[2:].split(".") if len(packed) > 2 else []
    if verb is None or len(numbers) > 3 or not all(_is_base36(number) for number in numbers):
        return None
    card, node, choice = [int(number, 36) for number in numbers] + [0] * (3 - len(numbers))
    if max(card, node, choice) >= NUMBER_LIMIT:
        return None
    press = Press(verb, card, node, choice)
    return press if pack(press) == packed else None


def _is_base36(text: str) -> bool:
    return 0 < len(text) <= 6 and all(letter in _DIGITS for letter in text)


@lru_cache(maxsize=4096)
def _base36(number: int) -> str:
    if not 0 <= number < NUMBER_LIMIT:
        raise ValueError("a button's number is out of range")
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"
