"""Whether those whom a bundle names as who can open are those whom a researcher signed for.

Whoever holds the server could name themselves in its study.toml. The signatures show that: a statement signed with a
key at hand vouches for the whole chain behind it. Only what contradicts a signature is a difference; what was never
signed, or by others only, is a note that says what to compare.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cora_bot.base.errors import CoraError
from cora_bot.export.bundle_reader import Bundle
from cora_bot.study.meaning import digests
from cora_bot.vault.statements import Chain, Statement, read_chain

Remembered = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Vouching:
    """Sentences for the account, and the newest statement (number and digest) for the next export to remember."""

    notes: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    remembered: Remembered | None = None


def vouching(
    bundle: Bundle, verify_keys: Collection[bytes], *, remembered: Remembered | None, demo: bool = False
) -> Vouching:
    """``verify_keys`` are those of the keys at hand; ``remembered`` what an earlier export into the folder saw.

    A demo study need not be signed, and nothing is said of it.
    """
    openers = ", ".join(bundle.manifest.recipients)
    if not bundle.signatures:
        lost = ("an earlier export saw this study signed, and the bundle holds no signature",) if remembered else ()
        note = f"nobody signed who can open; compare with their holders: {openers}"
        return Vouching(() if demo else (note,), lost, remembered)
    try:
        chain = read_chain(bundle.signatures, study=bundle.manifest.study)
    except CoraError as error:
        return Vouching(differences=(f"the bundle's signatures do not hold: {error}",), remembered=remembered)
    newest = chain.signed[-1].statement
    differences = (*_against(bundle, newest), *_forgotten(chain, remembered))
    note = f"who can open is signed: statement {newest.number}"
    if chain.vouched_for(verify_keys):
        note += ", which follows from one that was signed with a key given here"
    else:
        note += f", but none with a key given here; compare with their holders: {openers}"
    return Vouching((note,), differences, remembered if differences else (newest.number, newest.digest()))


def _against(bundle: Bundle, signed: Statement) -> Iterator[str]:
    """What the bundle says otherwise than what was signed."""
    if bundle.manifest.recipients != signed.recipients:
        unsigned = [one for one in bundle.manifest.recipients if one not in signed.recipients]
        yield f"the bundle's records are for others than was signed: {', '.join(unsigned) or 'fewer people'}"
    try:
        found = digests(bundle.study_toml)
    except tomllib.TOMLDecodeError:
        return  # said already, and nothing is exported
    for name, digest in found.items():
        if signed.parts.get(name) != digest:
            yield f"the bundle's study is not as it was signed: {name} has changed"


def _forgotten(chain: Chain, remembered: Remembered | None) -> Iterator[str]:
    if remembered is None:
        return
    number, digest = remembered
    if len(chain.signed) < number or chain.signed[number - 1].statement.digest() != digest:
        yield f"the signatures do not follow from statement {number}, which an earlier export saw"
