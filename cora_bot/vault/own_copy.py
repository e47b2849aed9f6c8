"""A participant's own copy: records sealed a second time, to a key that only the participant can use.

The key is an ordinary identity, made on the server in the moment in which the participant asks for it, sealed under a
code that is shown once, and forgotten. Further records need its public half alone. The code is drawn by us and has 76
bits, so a small scrypt cost is enough, and a server that sealed the same for many people would not stand still.
"""

from __future__ import annotations

from typing import Final

from cora_bot.base.chance import Chance
from cora_bot.base.values import Value
from cora_bot.vault.agefile import Identity, Recipient, open_with_passphrase, seal_with_passphrase

WORK: Final = 12
"""log2 of scrypt's N: some milliseconds. Guessing 76 bits takes for ever at any cost."""


class OwnKey(Value):
    """``sealed``: the identity as an age file under the code."""

    recipient: Recipient
    sealed: bytes


def make_own_key(code: str, chance: Chance) -> OwnKey:
    """``code`` as it is indexed: letters and digits alone."""
    identity = Identity.generate(chance)
    return OwnKey(identity.recipient, seal_with_passphrase(identity.encode().encode(), code, chance, work=WORK))


def open_own_key(sealed: bytes, code: str) -> Identity:
    """Raises ``NotOpened`` for another code."""
    return Identity.parse(open_with_passphrase(sealed, code).decode())
