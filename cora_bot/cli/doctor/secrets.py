"""What must stay secret on the server: the server's key, the token, the data folder; and who can open the answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cora_bot.base.errors import CoraError
from cora_bot.base.examination import Checked, error, failed, warning
from cora_bot.base.problems import Problem
from cora_bot.cli.doctor.examined import Examined
from cora_bot.cli.open_house import bot_token
from cora_bot.cli.server_key_file import check_apart, key_path
from cora_bot.vault.agefile import Recipient
from cora_bot.vault.drill import readiness
from cora_bot.vault.drill_file import load_drills
from cora_bot.vault.private_files import readable_by_others
from cora_bot.vault.server_keys import has_passphrase


def server_key(examined: Examined) -> Checked:
    """That it opened was tried before: ``examined.keys``."""
    if examined.keys is None:
        return Checked("server key", "")
    path = key_path(examined.settings)
    locked = "with a passphrase" if has_passphrase(path) else "without passphrase: the file is the secret"
    if not examined.keys.others:
        return Checked("server key", f"{path} ({locked})")
    hint = "cora server-keys show says what they still hold, cora server-keys drop takes them out."
    return Checked("server key", "", (warning("server key", f"{path} holds earlier keys too ({locked})", hint),))


def token_file(examined: Examined) -> Checked:
    settings = examined.settings
    try:
        bot_token(settings)
        if settings.token_file is None:
            hint = "Put it into a file that only the bot's user can read, and set CORA_TOKEN_FILE."
            problem = warning("token", "it stands in CORA_TOKEN, and environments are easily seen", hint)
            return Checked("token", "", (problem,))
        check_apart(settings, settings.token_file, "the token's file")
    except CoraError as why:
        return failed("token", why)
    return Checked("token", f"in {settings.token_file}")


def permissions(examined: Examined) -> Checked:
    problems = tuple(_open_to_others(examined))
    return Checked("permissions", "" if problems else f"{examined.settings.home} is for its owner alone", problems)


def _open_to_others(examined: Examined) -> Iterator[Problem]:
    home = examined.settings.home
    if readable_by_others(home):
        yield error("permissions", f"others can look into {home}", f"chmod 700 {home}")
    for path in _kept(examined):
        if readable_by_others(path):
            yield error("permissions", f"{path} can be read by others on this machine", f"chmod 600 {path}")


def _kept(examined: Examined) -> list[Path]:
    """The stores' files with their logs, and what lies in the data folder."""
    settings = examined.settings
    stores = [path for path in settings.store_files if path is not None]
    beside = [path.with_name(path.name + end) for path in stores for end in ("-wal", "-shm")]
    here = list(settings.home.iterdir())
    return sorted({path.resolve() for path in (*stores, *beside, *here) if path.is_file()})


def who_can_open(examined: Examined) -> Checked:
    """The recipients and their opening tests: what ``cora run`` asks before it starts."""
    if examined.script is None:
        return Checked("who can open", "not known without the study")
    study = examined.script.study
    fingerprints = []
    for text in study.recipients:
        try:
            fingerprints.append(Recipient.parse(text).fingerprint())
        except CoraError:
            fingerprints.append("?")
    if study.demo and study.recipients:
        return Checked("who can open", f"{', '.join(fingerprints)} (a demo needs no opening test)")
    try:
        state = load_drills(examined.settings.opening_tests, study=study.id)
    except CoraError as why:
        return failed("who can open", why)
    problems = tuple(readiness(study.recipients, state, study=study.id))
    said = f"{', '.join(fingerprints)}; each has opened a test" if not problems else ""
    return Checked("who can open", said, problems)
