"""Whether a study in its folder is the one that was signed. The statements lie in signatures.json beside study.toml.

Signed are what study.toml says, who can open, and of each form every cell: texts and logic, whatever kind of file it is
and whichever version of the program compiles it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from cora_bot.base.errors import CoraError
from cora_bot.base.kept import Kept, source_of
from cora_bot.base.values import Value
from cora_bot.study.meaning import OPENERS_PART, digest, digests
from cora_bot.study.model import Study
from cora_bot.usecases.form_files import form_files, form_maker
from cora_bot.vault import private_files
from cora_bot.vault.recipients import Recipient
from cora_bot.vault.statements import FILE, Chain, Statement, read_chain

MEND = "Put back what was signed, or have a researcher look at it and approve it: cora keys sign STUDY --key KEYFILE"


class Signature(Value):
    """What was signed so far, and what is different now (sentences). Nothing was ever signed: an empty chain."""

    chain: Chain
    changes: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return bool(self.chain.signed) and not self.changes


def signature(folder: Path, study: Study, kept: Kept | None = None) -> Signature:
    """Compares. Raises ``CoraError`` when the file is broken, or a link in it does not hold."""
    path = folder / FILE
    if not path.exists():
        return Signature(Chain(), ())
    chain = read_chain(private_files.read(path), study=study.id)
    return Signature(chain, changes(chain, statement(folder, study, chain, at=None, kept=kept)))


def check_signed(folder: Path, study: Study, kept: Kept | None = None) -> None:
    """Raises ``CoraError`` when the study was signed once and is another now. A demo study need not be signed."""
    if study.demo:
        return
    found = signature(folder, study, kept)
    if found.changes:
        raise CoraError("the study is not the one that was signed: " + "; ".join(found.changes), MEND)


def openers_signed(folder: Path, study: Study) -> Chain:
    """The chain under which who can open stands; an empty one where nothing was ever signed.

    For a computer that has study.toml alone, without forms. Raises ``CoraError`` when somebody can open now who was
    not signed for, or the other way round.
    """
    path = folder / FILE
    if not path.exists():
        return Chain()
    chain = read_chain(private_files.read(path), study=study.id)
    signed = chain.signed[-1].statement
    now = Statement(
        study=study.id,
        number=signed.number,
        previous=signed.previous,
        at=signed.at,
        recipients=tuple(Recipient.parse(text).fingerprint() for text in study.recipients),
        signers=dict(study.signers),
        parts={**signed.parts, OPENERS_PART: digests(study.source)[OPENERS_PART]},
    )
    different = changes(chain, now)
    if different:
        raise CoraError("who can open is not as it was signed: " + "; ".join(different), MEND)
    return chain


def statement(folder: Path, study: Study, chain: Chain, *, at: datetime | None, kept: Kept | None = None) -> Statement:
    """What would have to be signed now, behind ``chain``."""
    newest = chain.newest
    return Statement(
        study=study.id,
        number=len(chain.signed) + 1,
        previous=newest.digest() if newest else "",
        at=at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else "",
        recipients=tuple(Recipient.parse(text).fingerprint() for text in study.recipients),
        signers=dict(study.signers),
        parts=digests(study.source) | dict(_forms(folder / "forms", kept or Kept())),
    )


def changes(chain: Chain, now: Statement) -> tuple[str, ...]:
    """What differs between the newest statement and ``now``."""
    before = chain.newest
    if before is None:
        return ()
    openers = [*_openers(before.recipients, now.recipients), *_signers(before.signers, now.signers)]
    parts = [part for part in _parts(before.parts, now.parts) if not (openers and part.startswith(OPENERS_PART))]
    return (*openers, *parts)


def _openers(before: Collection[str], now: Collection[str]) -> Iterator[str]:
    yield from (f"{fingerprint} can open now" for fingerprint in now if fingerprint not in before)
    yield from (f"{fingerprint} can open no longer" for fingerprint in before if fingerprint not in now)


def _signers(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for fingerprint in sorted(before.keys() | now.keys()):
        match before.get(fingerprint), now.get(fingerprint):
            case None, _:
                yield f"{fingerprint} may sign now"
            case _, None:
                yield f"{fingerprint} may sign no longer"
            case old, new if old != new:
                yield f"{fingerprint} has another verify key"


def _parts(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        match before.get(name), now.get(name):
            case None, _:
                yield f"{name} is new"
            case _, None:
                yield f"{name} is gone"
            case old, new if old != new:
                yield f"{name} has changed"


def _forms(folder: Path, kept: Kept) -> Iterator[tuple[str, str]]:
    made_by = form_maker()
    for path in form_files(folder):
        source, suffix = path.read_bytes(), path.suffix.lower()
        cells = kept.of(f"cells {path.name}", source_of(made_by, source), partial(_cells, source, suffix))
        yield f"form {path.stem}", cells.decode()


def _cells(source: bytes, suffix: str) -> bytes:
    if suffix == ".xml":
        return digest(source.decode("utf-8", "surrogateescape")).encode()
    # What reads workbooks takes a quarter of a second to import, and is needed for a changed form only.
    from cora_bot.forms.sheets import read_workbook  # noqa: PLC0415

    sheets = read_workbook(source, suffix).sheets
    return digest({name: [dict(row.cells) for row in rows] for name, rows in sheets.items()}).encode()
