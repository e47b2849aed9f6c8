"""What each person saw, as a page to read: one file a person, and a list of all. No script, nothing from elsewhere.

Rules: every text that a phone showed is escaped and kept in its own direction; the page's own words are English and
for researchers; times are the person's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.simulate.respondent import Respondent
from bot.simulate.sights import Sight, Sort

RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ur", "ku", "he", "ckb", "sd"})
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 16px/1.45 system-ui, "Noto Sans", "Noto Naskh Arabic", sans-serif; margin: 0; background: #eef1f4;
  color: #1c2733; }
main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; color: #44525f; }
p.about { color: #44525f; margin: .1rem 0; }
.line { display: flex; gap: .6rem; margin: .35rem 0; align-items: flex-start; }
.line time { flex: 0 0 3.2rem; color: #66737f; font-size: .8rem; padding-top: .45rem;
  font-variant-numeric: tabular-nums; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; padding: .45rem .7rem; border-radius: .8rem; max-width: 32rem; }
.says .text { background: #fff; box-shadow: 0 1px 1px #0002; } .says.again .text { background: #f8fafb; }
.rings .text { background: #24303c; color: #fff; } .presses .text, .writes .text { margin-left: auto; }
.presses .text { background: #d5e6f7; border: 1px solid #8db4d8; } .writes .text { background: #d8f0d0; }
.does .text, .goes .text { color: #5a6772; font-size: .88rem; font-style: italic; padding-left: 0; }
.tag { display: block; font-size: .72rem; color: #66737f; } .rings .tag { color: #c5d0da; }
.keys { display: flex; flex-wrap: wrap; gap: .25rem; margin-top: .4rem; }
.keys span { border: 1px solid #b9c6d2; border-radius: .4rem; padding: .05rem .5rem; font-size: .86rem;
  color: #2b5c8a; }
table { border-collapse: collapse; background: #fff; width: 100%; } th, td { text-align: start; padding: .35rem .6rem;
  border-bottom: 1px solid #dde4ea; font-size: .92rem; } td.code { white-space: nowrap; } div.wide { overflow-x: auto; }
td.n { text-align: end; font-variant-numeric: tabular-nums; }
a { color: #17568f; }
"""
_TAGS = {Sort.RINGS: "notification", Sort.PRESSES: "presses", Sort.WRITES: "writes"}


def page(title: str, body: Iterable[str]) -> str:
    """A whole document."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )


def file_name(one: Respondent) -> str:
    return f"{one.persona.number + 1:03}.html"


def person_page(one: Respondent) -> str:
    """Everything one person saw and did."""
    persona, zone = one.persona, ZoneInfo(one.persona.zone)
    body = [
        '<p><a href="../persons.html">All people</a></p>',
        f"<h1>{escape(persona.name)} {_code(one.diary.code)}</h1>",
        f'<p class="about">{escape(_sentence(persona.habit.describes))}</p>',
        f'<p class="about">{escape(_circumstances(one))}</p>',
    ]
    for day, lines in groupby(one.sights.lines, key=lambda line: line.at.astimezone(zone).date()):
        body.append(f"<h2>{day:%A}, {day.day} {day:%B %Y}</h2>")
        body += [_line(line, zone) for line in lines]
    return page(f"{persona.name}: what they saw", body)


def _circumstances(one: Respondent) -> str:
    persona = one.persona
    travel = f"planned to travel on {persona.travels}" if persona.habit.returning == "planned" else (
        f"travelled on {persona.travels}"
    )  # fmt: skip
    return f"Language {persona.language}, lives by the time of {persona.zone}, {travel}."


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _code(code: str) -> str:
    return f"<bdi>({escape(code)})</bdi>" if code else "(did not join)"


def _line(line: Sight, zone: ZoneInfo) -> str:
    direction = "rtl" if line.language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
    about = f' lang="{escape(line.language)}" dir="{direction}"' if line.language else ""
    tag = "the card now says" if line.again else _TAGS.get(line.sort, "")
    text = _gone(line.text) if line.sort is Sort.GOES else line.text
    keys = "".join(f"<span>{escape(label)}</span>" for row in line.buttons for label in row)
    inner = (
        (f'<span class="tag" lang="en" dir="ltr">{tag}</span>' if tag else "")
        + _isolated(text)
        + (f'<div class="keys">{keys}</div>' if keys else "")
    )
    classes = f"line {line.sort.value}{' again' if line.again else ''}"
    at = line.at.astimezone(zone)
    return f'<div class="{classes}"><time>{at:%H:%M}</time><div class="text"{about}>{inner}</div></div>'


def _isolated(text: str) -> str:
    """Each paragraph takes its direction from its own first letter, as on a phone."""
    return "\n".join(f'<span dir="auto" style="display:block">{escape(part) or "&nbsp;"}</span>'
                     for part in text.split("\n"))  # fmt: skip


def _gone(counts: str) -> str:
    mine, theirs = (int(each) for each in counts.split("/"))
    parts = [f"{count} of {whose}" for count, whose in ((mine, "their own"), (theirs, "the bot's")) if count]
    return f"taken out of the chat: {' and '.join(parts)}"


def list_page(people: Sequence[Respondent], *, title: str, begin: datetime, end: datetime) -> str:
    """All people, with links."""
    rows = [
        "<tr><td>"
        f'<a href="persons/{file_name(one)}">{escape(one.persona.name)}</a></td>'
        f'<td class="code">{escape(one.diary.code)}</td>'
        f"<td>{escape(one.persona.habit.describes)}</td><td>{escape(one.persona.language)}</td>"
        f'<td>{escape(one.persona.zone)}</td><td class="n">{len(one.diary.sittings)}</td></tr>'
        for one in people
    ]
    head = "<tr><th>Person</th><th>Code</th><th>Habit</th><th>Language</th><th>Zone</th><th>Sittings</th></tr>"
    body = [
        f"<h1>What each person saw: {escape(title)}</h1>",
        f'<p class="about">A simulation with synthetic people, from {begin:%Y-%m-%d} to {end:%Y-%m-%d}.</p>',
        f'<div class="wide"><table>{head}{"".join(rows)}</table></div>',
    ]
    return page("What each person saw", body)
