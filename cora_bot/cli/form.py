"""``cora form``: what a form is to other tools."""

from __future__ import annotations

from pathlib import Path

import click

from cora_bot.cli.failures import show_problems
from cora_bot.forms.compile import compile_form
from cora_bot.forms.files import SUFFIXES as LISTS
from cora_bot.forms.model import Form
from cora_bot.forms.support import ANY


def files_beside(form: Path) -> dict[str, bytes]:
    """The lists that lie beside a form, or in ``media`` next to its folder, by their names."""
    folders = (form.absolute().parent.parent / "media", form.absolute().parent)
    found = [path for folder in folders for path in sorted(folder.glob("*")) if path.suffix.lower() in LISTS]
    return {path.name: path.read_bytes() for path in found if path != form.absolute() and path.is_file()}


def compiled_for_any(ctx: click.Context, form: Path) -> Form:
    """The form, whether the chat can ask it or not. Says what is wrong and leaves where it cannot be compiled."""
    made = compile_form(form.read_bytes(), file=form.name, media=files_beside(form), channel=ANY)
    if made.form is None:
        show_problems(made.problems)
        ctx.exit(1)
    return made.form


@click.group("form")
def form_group() -> None:
    """What a form is to other tools. For ANY machine."""


@form_group.command("xml")
@click.argument("form", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_context
def form_xml(ctx: click.Context, form: Path) -> None:
    """Print the form as XForm XML, as a tablet takes it. For ANY machine.

    Lists beside the form (.csv, .xml, .geojson) are written into it, so that the XML needs no other file.

    Exit codes: 0 printed; 1 the form has errors; 2 typed wrongly.
    """
    click.echo(compiled_for_any(ctx, form).xform)
