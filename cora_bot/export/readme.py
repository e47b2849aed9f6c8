"""README.txt of an export: what each file is, that answers lie open in it, and what to do with it."""

from __future__ import annotations

from cora_bot.export.bundle_format import Manifest
from cora_bot.export.cells import instant
from cora_bot.export.opened import Stamp
from cora_bot.study.model import Study

TEXT = """\
{title}

THIS FOLDER HOLDS OPENED ANSWERS. They concern people whose safety may depend on them.
Keep it on an encrypted disk, do not send it by mail, do not put it into a cloud folder or a repository, and delete it
when the work with it is done. Persons appear by case code only; together with other knowledge a code may still
point to a person.

study             {study}
export            {export}
made at           {at}
from bundle       {bundle}, made at {made_at}, carried by {holder}
contents          {contents}
opened with key   {keys}
complete          {complete}

answers_long.csv       one row per question of every form filled in: its answer, or why there is none (missing)
answers_wide.csv       one row per case, wave and number; one column per question, and FORM.missing: why cells are empty
audit.csv              when each question was shown, and until when, of forms that ask for it
dispositions.csv       what became of every planned occasion: answered, refused, not reached …
response.csv           counts of these by wave and number, and of field visits by trip; response rates after AAPOR
contacts.csv           every message that was to be sent unasked, why, and what became of it; never its text
consents.csv           who agreed to which exact words, when and in which language
media/                 pictures, sounds, films and files people sent, named as in answers_long.csv; files of visits
visits.csv             field visits: what became of each; never where or with whom
visit_files.csv        recordings, pictures and notes of visits: whose, from which visit; they lie in media/
alerts.csv             answers somebody must look at, as they were when they were given: READ THIS FIRST
messages.csv           what people wrote to the team outside any form, and wanted passed on
instances/             every complete record as XML, as a tablet submits it, by record: submission.xml, audit.csv
codebook.md            every question, option, language and rule, and how to read the tables
reconciliation.json    sealed = opened = exported, and the name of every record for which that does not hold
README.txt             this file

Persons who had their answers erased are left out. The next export into this folder replaces all of it and leaves out
whoever was erased by then: export anew before each analysis, and delete copies made elsewhere.
"""


def readme(manifest: Manifest, study: Study, stamp: Stamp, *, contents: str, complete: bool) -> str:
    return TEXT.format(
        title=study.title,
        study=study.id,
        export=stamp.export,
        at=instant(stamp.at),
        bundle=manifest.bundle,
        holder=manifest.holder or "(not said)",
        contents=contents,
        made_at=instant(manifest.made_at),
        keys=", ".join(stamp.opened_with),
        complete="yes" if complete else "NO: see reconciliation.json",
    )
