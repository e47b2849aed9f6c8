"""The ``cora`` command: the core's commands in the order a study needs them. ``bot/cli.py`` adds the rest."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

import click

from cora_bot.cli.lazily import Lazily

COMMANDS: Final[Mapping[str, str]] = {
    "new-study": "cora_bot.cli.new_study:new_study",
    "check": "cora_bot.cli.check:check",
    "try": "cora_bot.cli.try_form:try_form",
    "form": "cora_bot.cli.form:form_group",
    "book": "cora_bot.cli.book:book",
    "keys": "cora_bot.cli.keys:keys",
    "invite": "cora_bot.cli.invite:invite",
    "people": "cora_bot.cli.people:people",
    "why": "cora_bot.cli.why:why",
    "tasks": "cora_bot.cli.tasks:tasks",
    "reply": "cora_bot.cli.reply:reply_command",
    "mydata": "cora_bot.cli.own_data:mydata",
    "staff": "cora_bot.cli.staff_phones:staff",
    "alerts": "cora_bot.cli.alerts:alerts",
    "silence": "cora_bot.cli.silence:silence_command",
    "outage": "cora_bot.cli.outage:outage",
    "visits": "cora_bot.cli.visits.group:visits_group",
    "parked": "cora_bot.cli.parked:parked",
    "bundle": "cora_bot.cli.bundle:bundle",
    "bundles": "cora_bot.cli.bundles:bundles",
    "audit": "cora_bot.cli.audit_log:audit",
    "retention": "cora_bot.cli.retention:retention",
    "sever": "cora_bot.cli.retention:sever",
    "seal": "cora_bot.cli.seal:seal",
    "export": "cora_bot.cli.export:export",
    "brief": "cora_bot.cli.brief:brief",
    "doctor": "cora_bot.cli.doctor.command:doctor",
    "health": "cora_bot.cli.health:health",
    "status": "cora_bot.cli.status:status",
    "upgrade": "cora_bot.cli.upgrade:upgrade",
    "backup": "cora_bot.cli.backup:backup",
    "restore": "cora_bot.cli.restore:restore",
    "server-keys": "cora_bot.cli.server_keys:server_keys_group",
    "docs": "cora_bot.cli.docs:docs",
}


def cora_group(places: Mapping[str, str] = COMMANDS) -> click.Group:
    """A new ``cora`` group with these commands: by name where each is."""

    @click.group(
        cls=Lazily,
        places=places,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    @click.version_option(version("cora-bot"), prog_name="cora")
    def cora() -> None:
        """Stay in contact with consented returnees: short sealed check-ins, opened only by the researchers.

        Each command says on which machine it belongs. Exit codes: 0 done, 1 something is wrong with what was given
        (it is named), 2 the command was typed wrongly. Settings are environment variables that begin with CORA_.
        """

    return cora
