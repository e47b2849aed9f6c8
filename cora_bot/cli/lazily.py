"""A group that imports a command when it is asked for: one command does not wait for what all the others need."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

import click

from cora_bot.cli.failures import HandledGroup


class Lazily(HandledGroup):
    """``places``: by name where each command is, ``module:attribute``. Lists them in that order."""

    def __init__(self, *arguments: Any, places: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._places.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = place.partition(":")
        found = getattr(_imported(module), attribute)
        if not isinstance(found, click.Command) or found.name != cmd_name:
            raise TypeError(f"{place} is not the command {cmd_name}")
        return found


def _imported(module: str) -> ModuleType:
    """A sixth of the time would go to Python's search for what is held by itself alone; among modules there is nothing.

    Nor is anything found there later: they stay, and are not looked through again.
    """
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()
