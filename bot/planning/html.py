"""Pages out of values: everything that is shown is escaped here, and nowhere is a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1c2a33; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #d5dde2; vertical-align: top; }
th { background: #eef3f5; }
form { margin: .8rem 0; display: flex; gap: .8rem; flex-wrap: wrap; align-items: end; }
label { display: flex; flex-direction: column; font-size: .85rem; }
input { font: inherit; padding: .3rem; } button { font: inherit; padding: .4rem .9rem; cursor: pointer; }
.notice { background: #eef6ee; border-left: 4px solid #4b8b4b; padding: .6rem 1rem; }
.wrong { background: #fbefec; border-left: 4px solid #b4442f; padding: .6rem 1rem; white-space: pre-wrap; }
.codes { columns: 8rem; list-style: none; padding: 0; font-family: ui-monospace, monospace; }
"""


def text(value: object) -> str:
    return escape(str(value), quote=True)


def page(title: str, *parts: str, base: str, refresh: int = 0) -> str:
    """A whole page below the address ``base``; with ``refresh`` it is loaded anew after so many seconds."""
    again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    back = f'<p><a href="{text(base)}/">All trips</a></p>'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>{again}'
        f'<link rel="stylesheet" href="{text(base)}/style.css"></head>'
        f"<body>{back}<h1>{text(title)}</h1>{''.join(parts)}</body></html>"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Cells are escaped, but for those made by ``link``."""
    top = "".join(f"<th>{text(cell)}</th>" for cell in head)
    lines = ("".join(f"<td>{_cell(cell)}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


class Link(str):
    """A piece of HTML that is whole and escaped already."""

    __slots__ = ()


def link(address: str, label: str) -> Link:
    return Link(f'<a href="{text(address)}">{text(label)}</a>')


def _cell(cell: object) -> str:
    return cell if isinstance(cell, Link) else text(cell)


def notice(said: str) -> str:
    return f'<p class="notice">{text(said)}</p>'


def wrong(said: str) -> str:
    return f'<p class="wrong">{text(said)}</p>'


def codes(known: Iterable[str]) -> str:
    return f'<ul class="codes">{"".join(f"<li>{text(code)}</li>" for code in known)}</ul>'


def form(action: str, *fields: str, button: str, files: bool = False) -> str:
    kind = ' enctype="multipart/form-data"' if files else ""
    inside = "".join(fields)
    return f'<form method="post" action="{text(action)}"{kind}>{inside}<button>{text(button)}</button></form>'


def field(label: str, name: str, kind: str, value: object = "", more: str = "") -> str:
    return f'<label>{text(label)}<input type="{text(kind)}" name="{text(name)}" value="{text(value)}" {more}></label>'


def hidden(name: str, value: object) -> str:
    return f'<input type="hidden" name="{text(name)}" value="{text(value)}">'
