"""From the carried bundle to the dossiers of some cases. The one place that knows the whole sequence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cora_bot.base.chance import Chance, new_id
from cora_bot.base.errors import CoraError
from cora_bot.export.brief import document, folder
from cora_bot.export.brief.document import Making
from cora_bot.export.brief.dossier import dossier
from cora_bot.export.bundle_facts import Case, moment
from cora_bot.export.bundle_reader import Bundle, open_bundle
from cora_bot.export.definition import forms_of, label_language, study_of
from cora_bot.export.opening import Progress, open_all
from cora_bot.export.own_log import wrong_beside
from cora_bot.export.visits import UPCOMING
from cora_bot.vault.agefile import Identity

CUT = "cut"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: for which cases (codes), for whom, labels in which language ("" for the study's).

    ``booked``: also for everybody whose visit is booked and still to come.
    """

    cases: tuple[str, ...]
    holder: str
    labels: str = ""
    booked: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """``gone``: cases whose earlier dossiers were deleted; ``unread``: records that did not open; ``wrong``: what does
    not hold in the log of earlier ones.
    """

    brief: str
    files: tuple[str, ...]
    gone: tuple[str, ...]
    unread: int
    wrong: tuple[str, ...]


def make_briefs(
    path: Path,
    identities: Sequence[Identity],
    into: Path,
    order: Order,
    *,
    now: datetime,
    chance: Chance,
    progress: Progress,
) -> Made:
    """Writes ``brief-CODE.html`` and ``.txt`` for each case, after a line in the log. Raises ``CoraError``."""
    with open_bundle(path) as bundle:
        study = study_of(bundle)
        labels = label_language(study, order.labels)
        cases = _cases(bundle, [*order.cases, *(_booked(bundle, now) if order.booked else ())])
        forms = forms_of(bundle)
        folder.check(into, study.id)
        wrong = tuple(wrong_beside(into, study.id))
        gone = folder.drop_gone(into, [case.code for case in _present(bundle)])
        opening = open_all(bundle, identities, progress=progress)
        unread = len(opening.failures)
        making = Making(new_id(chance).hex(), order.holder, bundle.manifest.bundle, bundle.manifest.made_at, now)
        files = {}
        for case in cases:
            one = dossier(
                case,
                opening.opened,
                bundle.occurrences,
                visits=bundle.visits or (),
                forms=forms,
                labels=labels,
                unread=unread,
            )
            files[f"brief-{case.code}.html"] = document.html(one, making)
            files[f"brief-{case.code}.txt"] = document.text(one, making)
    folder.note(into, making, study=study.id, cases=[case.code for case in cases], identities=identities)
    folder.write(into, files)
    return Made(making.brief, tuple(files), tuple(gone), unread, wrong)


def _present(bundle: Bundle) -> list[Case]:
    """Cases that lead to a person: not erased, and with their link."""
    erased = set(bundle.manifest.erased)
    return [case for case in bundle.cases if case.case not in erased and case.status != CUT]


def _booked(bundle: Bundle, now: datetime) -> list[str]:
    if bundle.visits is None:
        raise CoraError("the bundle lists no visits", "Name the cases instead: --case K7F-2QX.")
    coming = [each for each in bundle.visits if each.outcome in UPCOMING and each.starts and moment(each.starts) > now]
    if not coming:
        raise CoraError("no visit is booked and still to come", "Is this the newest bundle?")
    return [each.code for each in sorted(coming, key=lambda each: moment(each.starts))]


def _cases(bundle: Bundle, wanted: Sequence[str]) -> list[Case]:
    known = {case.code: case for case in _present(bundle)}
    missing = [code for code in wanted if code not in known]
    if missing:
        raise CoraError(
            f"the bundle has no case {missing[0]}",
            "Compare letter by letter. Or the person was erased, or the link was cut, or the bundle is older.",
        )
    return [known[code] for code in dict.fromkeys(wanted)]
