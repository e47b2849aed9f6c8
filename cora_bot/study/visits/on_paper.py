"""A visit's number as it stands on paper beside the case code: with two letters that fit these two alone.

Both are typed by hand on a laptop that knows neither trip nor cases. Without the letters a slip in one, or a glance at
the line below, would bind a recording to somebody else. They are sums over the ten places, modulo the 27 letters of
codes. Any one wrong letter, any two neighbours exchanged, and any two that are one apart exchanged change them; of
other pairs one in 729 has the same. That is not a secret: it keeps out mistakes, not people.
"""

from __future__ import annotations

from typing import Final

from cora_bot.base.chance import CODE_LETTERS

CHECK: Final = 2
# 3 divides no weight (else a wrong letter may cancel out), in the first row no difference of neighbours, in the second
# none of two that are one apart (else such an exchange may).
_WEIGHTS: Final = (
    (1, 2, 4, 8, 16, 5, 10, 20, 13, 26),
    (1, 4, 2, 5, 7, 10, 8, 11, 13, 16),
)


def on_paper(number: str, case: str) -> str:
    """``V-7Q2K`` of ``K7F-2QX`` as ``V-7Q2K-3J``; the number alone where it or the code is none of ours."""
    try:
        return f"{number}-{check(number, case)}"
    except ValueError:
        return number


def check(number: str, case: str) -> str:
    """The two letters of this pair. Raises ``ValueError`` where one of them cannot be a number or code of ours."""
    places = [CODE_LETTERS.index(letter) for letter in number.removeprefix("V-") + case.replace("-", "")]
    sums = (sum(place * weight for place, weight in zip(places, row, strict=True)) for row in _WEIGHTS)
    return "".join(CODE_LETTERS[total % len(CODE_LETTERS)] for total in sums)
