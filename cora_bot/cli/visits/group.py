"""``cora visits``: the group, and its commands in the order a trip needs them."""

from __future__ import annotations

import click

from cora_bot.cli.failures import HandledGroup
from cora_bot.cli.visits import arranging, paper, planning, showing


class InOrder(HandledGroup):
    """Lists its commands as they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


@click.group("visits", cls=InOrder)
def visits_group() -> None:
    """Field visits: a trip is planned once, and people book a time in the chat. For the SERVER.

    A trip is a workbook (template). check names everything that is wrong with it, plan stores it, offer invites people,
    list and show watch, and the others arrange what people do not arrange themselves. Case codes only, no name.
    """


for _command in (
    planning.template_command,
    planning.check,
    planning.plan_command,
    planning.offer_command,
    showing.list_command,
    showing.show,
    paper.sheets,
    paper.feed,
    arranging.move,
    arranging.cancel,
    arranging.ill,
    arranging.done,
    arranging.missed,
):
    visits_group.add_command(_command)
