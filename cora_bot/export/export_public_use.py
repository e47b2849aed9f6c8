"""The public-use export, from the carried bundle to its folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cora_bot.base.chance import Chance
from cora_bot.base.errors import CoraError
from cora_bot.export import own_log
from cora_bot.export.cells import csv_file
from cora_bot.export.columns import form_columns
from cora_bot.export.folder import PUBLIC_USE, REPORT, check_empty, fingerprint_of, publish
from cora_bot.export.opened_bundles import erased_in, form_order, newest_first, opened_all, stamp_of
from cora_bot.export.opening import Progress
from cora_bot.export.public_use import DEFAULT, Released, released, report
from cora_bot.export.tables import chosen
from cora_bot.vault.agefile import Identity


def export_public_use(
    path: Path,
    identities: Sequence[Identity],
    folder: Path,
    *,
    now: datetime,
    chance: Chance,
    progress: Progress,
    others: Sequence[Path] = (),
) -> Released:
    """Writes what may leave the team into ``folder``, which is new or empty. Raises ``CoraError``, writing nothing."""
    check_empty(folder)
    with newest_first([path, *others]) as (bundle, *older):
        work = opened_all(bundle, older, identities, erased=erased_in(bundle, *older), progress=progress)
        if work.opening.failures or work.gathered.troubles:
            raise CoraError("some records could not be opened", "Export into a working folder first: it names them.")
        stamp = stamp_of(identities, now=now, chance=chance)
        columns = form_columns(work.forms.values(), first=form_order(work.study))
        cases = [case for case in bundle.cases if case.case in work.codes]
        rules = work.study.public_use or DEFAULT
        release = released(chosen(work.gathered.answerings), columns, cases, rules=rules, chance=chance)
        table = csv_file(release.rows)
        contents = fingerprint_of({PUBLIC_USE: table})
        about = {"study": bundle.manifest.study, "export": stamp.export, "made": f"{now:%Y-%m}", "contents": contents}
        exported = own_log.exported(bundle, stamp, contents, filtered="public use", seen=None)
        publish(
            folder,
            {PUBLIC_USE: table, REPORT: report(release, about=about).encode()},
            more=lambda _: own_log.write_down(folder, [exported], identities[0]),
        )
    return release
