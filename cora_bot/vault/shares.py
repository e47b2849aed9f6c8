"""A key in shares (SLIP-39): any ``need`` of them give it back, fewer tell nothing about it.

What is split are the identity's 32 bytes, which are all of a key. The words are those of the standard, 33 a share, the
last three a checksum; any SLIP-39 program joins them, without a passphrase. The library calculates in plain Python and
does not hide how long that takes: split and join where nobody else computes, as with any key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.constants import MAX_SHARE_COUNT
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

from cora_bot.base.errors import CoraError
from cora_bot.vault.recipients import Identity

WORDS: Final = 33
CHECKSUM_WORDS: Final = 3
MOST: Final = MAX_SHARE_COUNT
FEWEST_NEEDED: Final = 2
_OFFLINE: Final = "Compare each word with the sheet; the number of a word stands before it."


@dataclass(frozen=True, slots=True)
class KeyShare:
    """One share: its words, its number (from 1), and how many are needed. The words are secret."""

    words: tuple[str, ...] = field(repr=False)
    number: int
    need: int
    splitting: int  # the same number for all shares that were made together

    @classmethod
    def read(cls, words: Sequence[str], *, what: str) -> KeyShare:
        """From words as typed. Raises ``CoraError`` naming ``what`` and the place, and never repeats a word."""
        typed = tuple(word.lower() for word in words)
        for place, word in enumerate(typed, start=1):
            if word not in WORD_INDEX_MAP:
                raise CoraError(f"{what}: word {place} is not a word of the list", _OFFLINE)
        if len(typed) != WORDS:
            raise CoraError(f"{what} has {len(typed)} words; a sheet has {WORDS}", _OFFLINE)
        try:
            share = Share.from_mnemonic(" ".join(typed))
        except MnemonicError:
            raise CoraError(
                f"{what}: the checksum does not fit: a word is wrong, or two words changed places", _OFFLINE
            ) from None
        if (share.group_count, share.group_threshold, len(share.value)) != (1, 1, 32):
            raise CoraError(f"{what} is a sheet of another program")
        return cls(typed, share.index + 1, share.member_threshold, share.identifier)


def split(identity: Identity, *, shares: int, need: int) -> tuple[KeyShare, ...]:
    """``shares`` shares, of which any ``need`` are enough; each has been joined with others before it is handed out.

    Randomness comes from the operating system, always. Raises ``CoraError``.
    """
    if not FEWEST_NEEDED <= need <= shares <= MOST:
        raise CoraError(
            f"{need} of {shares} shares is not possible",
            f"At least {FEWEST_NEEDED} must be needed, no more than there are, and {MOST} at most. For example 2 of 3.",
        )
    [made] = generate_mnemonics(1, [(need, shares)], identity.seed)
    found = tuple(KeyShare.read(words.split(), what="a new share") for words in made)
    for first in range(shares):
        some = [found[(first + step) % shares] for step in range(need)]
        if join(some, identity.recipient.fingerprint()) != identity:
            raise AssertionError("the shares do not give the key back")
    return found


def join(shares: Sequence[KeyShare], fingerprint: str) -> Identity:
    """The identity whose public half has this fingerprint. Raises ``CoraError``."""
    _check_together(shares)
    if len(shares) < shares[0].need:
        raise CoraError(
            f"{len(shares)} of the {shares[0].need} sheets that are needed were given",
            "Any of the sheets will do, whatever their numbers.",
        )
    try:
        seed = combine_mnemonics([" ".join(share.words) for share in shares[: shares[0].need]])
    except MnemonicError:
        raise CoraError("these sheets do not belong together", "Were they made together, for the same key?") from None
    for classic in (False, True):
        identity = Identity(seed, classic)
        if identity.recipient.fingerprint() == fingerprint:
            return identity
    raise CoraError("the sheets give a key with another fingerprint", "Compare the fingerprint with the sheet.")


def _check_together(shares: Sequence[KeyShare]) -> None:
    if not shares:
        raise CoraError("no sheet was given")
    numbers = [share.number for share in shares]
    for number in numbers:
        if numbers.count(number) > 1 and len({share.splitting for share in shares}) == 1:
            raise CoraError(f"sheet {number} was given twice", "Each sheet counts once.")
    if len({(share.splitting, share.need) for share in shares}) > 1:
        raise CoraError(
            "these sheets are mixed: they come from different splittings",
            "The first three words are the same on all sheets that belong together.",
        )
