"""Who a case code names. Codes are typed by people: small letters, spaces and dashes do not matter."""

from __future__ import annotations

from cora_bot.base.errors import CoraError
from cora_bot.usecases.house import House

LENGTH = 6
HALF = 3


def as_code(typed: str) -> str:
    """``k7f 2qx`` as ``K7F-2QX``; whatever cannot be a code as it is."""
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return f"{plain[:HALF]}-{plain[HALF:]}" if len(plain) == LENGTH else typed


async def find(house: House, code: str) -> bytes:
    """The participant whom researchers know by this code. Raises CoraError."""
    found = await house.keystore.find_code(as_code(code))
    if found is None:
        raise CoraError(f"nobody is known by the code {as_code(code)}", "`cora people` lists the codes.")
    return found
