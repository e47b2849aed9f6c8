"""Bundles of one study, opened together: what every sort of export begins with."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.errors import CoraError
from cora_bot.export.answers import Gathered, gather
from cora_bot.export.bundle_reader import Bundle, open_bundle
from cora_bot.export.definition import forms_of, study_of
from cora_bot.export.opened import Stamp
from cora_bot.export.opening import Opening, Progress, open_all
from cora_bot.forms.model import Form
from cora_bot.study.model import Study
from cora_bot.vault.agefile import Identity


@contextmanager
def newest_first(paths: Sequence[Path]) -> Iterator[list[Bundle]]:
    """Bundles of one study; of two of the same moment, the one that was sealed anew comes second."""
    with ExitStack() as stack:
        bundles = [stack.enter_context(open_bundle(path)) for path in paths]
        if len({bundle.manifest.study for bundle in bundles}) > 1:
            raise CoraError("these bundles are of different studies", "Export each study by itself.")
        if len({bundle.manifest.bundle for bundle in bundles}) < len(bundles):
            raise CoraError("the same bundle was given twice", "Give each once.")
        yield sorted(bundles, key=lambda each: (each.manifest.made_at, each.manifest.resealed is None), reverse=True)


def erased_in(*bundles: Bundle) -> frozenset[str]:
    return frozenset(case for bundle in bundles for case in bundle.manifest.erased)


@dataclass(frozen=True, slots=True)
class Work:
    """A bundle's records, opened and put together. ``codes``: case code by case (hex), of those not erased."""

    study: Study
    forms: Mapping[str, Form]
    opening: Opening
    codes: Mapping[str, str]
    gathered: Gathered


def opened_all(
    bundle: Bundle,
    older: Sequence[Bundle],
    identities: Sequence[Identity],
    *,
    erased: Collection[str],
    progress: Progress,
) -> Work:
    study = study_of(bundle)
    forms = forms_of(bundle)
    opening = open_all(bundle, identities, progress=progress, others=older)
    codes = {case.case: case.code for case in bundle.cases if case.case not in erased}
    return Work(study, forms, opening, codes, gather(opening.opened, codes=codes, erased=erased, forms=forms))


def stamp_of(identities: Sequence[Identity], *, now: datetime, chance: Chance) -> Stamp:
    return Stamp(new_id(chance).hex(), now, tuple(one.recipient.fingerprint() for one in identities))


def form_order(study: Study) -> list[str]:
    """Consent first, then as the waves name them."""
    return list(dict.fromkeys([study.enrolment.form, *(wave.form for wave in study.waves)]))
