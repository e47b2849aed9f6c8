"""The ``cora`` command: the core's commands in the order a study needs them. ``bot/cli.py`` attaches the rest."""

from __future__ import annotations

from importlib.metadata import version

import click

from cora_bot.cli.alerts import alerts
from cora_bot.cli.audit_log import audit
from cora_bot.cli.book import book
from cora_bot.cli.brief import brief
from cora_bot.cli.bundle import bundle
from cora_bot.cli.bundles import bundles
from cora_bot.cli.check import check
from cora_bot.cli.docs import docs
from cora_bot.cli.doctor.command import doctor_command
from cora_bot.cli.export import export
from cora_bot.cli.failures import HandledGroup
from cora_bot.cli.form import form_group
from cora_bot.cli.health import health
from cora_bot.cli.invite import invite
from cora_bot.cli.keys import keys
from cora_bot.cli.new_study import new_study
from cora_bot.cli.outage import outage
from cora_bot.cli.own_data import mydata
from cora_bot.cli.people import people
from cora_bot.cli.reply import reply_command
from cora_bot.cli.retention import retention, sever
from cora_bot.cli.seal import seal
from cora_bot.cli.staff_phones import staff
from cora_bot.cli.tasks import tasks
from cora_bot.cli.try_form import try_form
from cora_bot.cli.upgrade import upgrade
from cora_bot.cli.visits.group import visits_group
from cora_bot.cli.why import why

COMMANDS: tuple[click.Command, ...] = (
    new_study,
    check,
    try_form,
    form_group,
    book,
    keys,
    invite,
    people,
    why,
    tasks,
    reply_command,
    mydata,
    staff,
    alerts,
    outage,
    visits_group,
    bundle,
    bundles,
    audit,
    retention,
    sever,
    seal,
    export,
    brief,
    doctor_command(),
    health,
    upgrade,
    docs,
)


class InOrder(HandledGroup):
    """Lists its commands as they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


def cora_group() -> click.Group:
    """A new ``cora`` group with the core's commands. Attach more with ``add_command``."""

    @click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
    @click.version_option(version("cora-bot"), prog_name="cora")
    def cora() -> None:
        """Stay in contact with consented returnees: short sealed check-ins, opened only by the researchers.

        Each command says on which machine it belongs. Exit codes: 0 done, 1 something is wrong with what was given
        (it is named), 2 the command was typed wrongly. Settings are environment variables that begin with CORA_.
        """

    for command in COMMANDS:
        cora.add_command(command)
    return cora


def attach(group: click.Group, *commands: click.Command) -> click.Group:
    """``group`` with ``commands`` of another room (run, pilot) added."""
    for command in commands:
        group.add_command(command)
    return group
