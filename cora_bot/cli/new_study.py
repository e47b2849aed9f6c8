"""``cora new-study``: a small correct study to begin with."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Final

import click

from cora_bot.base.errors import CoraError
from cora_bot.base.resources import shipped
from cora_bot.cli.workbooks import as_workbook
from cora_bot.usecases.load_study import STUDY_FILE

STARTER: Final = "starter"
ID: Final = f'id = "{STARTER}"'
TITLE: Final = 'title = "Staying in touch"'


@click.command("new-study")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--title", default="", help="The study's title; neutral, since phones are shared.  [default: a neutral one]"
)
@click.option(
    "--forms",
    "kind",
    default="xlsx",
    show_default=True,
    type=click.Choice(["xlsx", "md"]),
    help="Forms as workbooks, or as Markdown tables.",
)
def new_study(folder: Path, title: str, kind: str) -> None:
    """Make a small study to begin with, in a new folder DIR. For ANY machine.

    It has a consent form, a check of a planned return and a monthly check-in, in English and German, and passes
    'cora check' with warnings alone: they name what is still to be done. Replace what stands in ⟦ ⟧.

    Exit codes: 0 made; 1 not made, and why; 2 typed wrongly.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CoraError(f"{folder} is there already and is not empty", "Choose another name.")
    source = shipped("surveys") / STARTER
    text = (source / STUDY_FILE).read_text(encoding="utf-8").replace(ID, f'id = "{study_id(folder.absolute().name)}"')
    if title:
        text = text.replace(TITLE, f"title = {json.dumps(title, ensure_ascii=False)}")
    (folder / "forms").mkdir(parents=True)
    (folder / STUDY_FILE).write_text(text, encoding="utf-8")
    for form in sorted((source / "forms").glob("*.md")):
        content = form.read_bytes()
        made = folder / "forms" / f"{form.stem}.{kind}"
        made.write_bytes(content if kind == "md" else as_workbook(content))
    click.echo(f"{folder}: a study to begin with. Next: cora check {folder}")


def study_id(name: str) -> str:
    """A short name as study.toml wants it, from a folder's: ``Grüße 2027`` gives ``grusse_2027``."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    joined = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return joined if joined[:1].isalpha() else f"study_{joined}".rstrip("_")
