"""Form versions: stored when they come into use, so that sessions and records always find theirs."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping

from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.script import Script
from cora_bot.forms.load import load_xform
from cora_bot.forms.model import Form
from cora_bot.store import form_versions, sessions
from cora_bot.store.form_versions import Version
from cora_bot.usecases.house import House


async def register_forms(house: House) -> None:
    """Stores the current versions, and adds those that open sessions began on to ``script.versions``."""
    if not house.script.enrolling:
        log("texts_not_approved", level=logging.WARNING, enrolling=False)
    async with house.database.transaction() as tx:
        await form_versions.add(tx, [_version(form) for form in house.script.forms.values()])
        wanted = [digest for digest in await sessions.versions_in_use(tx) if digest not in house.script.versions]
        stored = await form_versions.of_hashes(tx, wanted)
    _add_versions(house.script, {each.hash: load_xform(each.xform) for each in stored})


def _version(form: Form) -> Version:
    return Version(form.hash, form.id, form.version, form.xform)


def _add_versions(script: Script, older: dict[str, Form]) -> None:
    """In place: the script is already in everyone's hands, and a version once known never changes."""
    missing = {digest: form for digest, form in older.items() if digest not in script.versions}
    if not missing:
        return
    if not isinstance(script.versions, MutableMapping):
        raise CoraError("the study cannot take up older form versions", "load it with load_script")
    script.versions.update(missing)
