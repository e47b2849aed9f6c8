"""The cases on which the public suites and JavaRosa disagree, and what we answer: the table in ``docs/expressions.md``.

``CORA_XPATH_CASES=FILE python -m tests.forms.expr.disputed`` writes the table anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cora_bot.forms.expr.values import to_text
from tests.forms.expr.test_consensus import CASES, agrees, run

PAGE = Path(__file__).parents[3] / "docs" / "expressions.md"
BEGIN, END = "<!-- disputed: written by tests.forms.expr.disputed -->\n", "<!-- /disputed -->\n"
Case = dict[str, Any]
ISO = r"[\"']\d{4}-\d\d-\d\d(T[^\"']*)?[\"']"


@dataclass(frozen=True, slots=True)
class Reason:
    """``holds``: whether the case belongs here; the first reason that holds counts."""

    title: str
    why: str
    holds: Callable[[Case], bool]


def written(pattern: str) -> Callable[[Case], bool]:
    return lambda case: re.search(pattern, case["expression"]) is not None


REASONS = (
    Reason(
        "Nodes that no form has",
        "A form with such a path is refused when it is uploaded, here and by ODK Validate.",
        written(r"/model/instance|/something"),
    ),
    Reason(
        "JavaRosa asked in another zone",
        "The recorded answer of JavaRosa is that of a machine in Phoenix; asked in the case's own zone it agrees.",
        lambda case: case["tz"] == "GMT",
    ),
    Reason(
        "Metres to the centimetre",
        "As the suites: two decimals. A tablet shows the digits behind; what a GPS can tell ends before.",
        lambda case: "distance(" in case["expression"] and "NaN" not in str(case["expected"]) and agrees(case),
    ),
    Reason(
        "Places that are none", "As a tablet: a blank is latitude 0, longitude 0; nothing is checked.",
        written(r"distance\(|geofence\("),
    ),
    Reason(
        "Several nodes where one value is wanted",
        "As the suites: the first one's. A tablet stops with an error, so `cora check` warns.",
        written(r"^/data/item\["),
    ),
    Reason(
        "Texts that look like days, where a number is needed",
        "They count as days: more than a tablet does (NaN, so comparisons are false), and `cora check` says to write "
        "`date('2018-01-01')`. The number is that of whole local days, as with `date()`.",
        written(rf"(number\(|[-+] ?){ISO}|{ISO} ?[-+]|^int\({ISO}"),
    ),
    Reason(
        "Days are whole local days",
        "As a tablet: a day has no time and no zone. The suites keep an instant, and so hours that nobody typed.",
        written(r"date|\d{4}-\d\d-\d\d"),
    ),
    Reason("Halves are rounded up", "As a tablet: towards plus infinity, also for negative numbers; tens and hundreds "
           "of negative numbers are cut off after adding half.", written(r"round\(")),
    Reason("The largest of negative numbers", "As a tablet, where it is 0.",
           lambda case: "max(" in case["expression"] and str(case["expected"]).startswith("-")),
    Reason("Blanks and words among numbers", "As a tablet: they are passed over.", written(r"(min|max)\(")),
    Reason("Numbers with an exponent", "As a tablet: `7e-12` in an answer is a word, no number.", written(r"e-12")),
    Reason("No bound in weighted-checklist()", "As a tablet: -1 is -1. Give a number that is large enough.",
           written(r"weighted-checklist")),
    Reason("Truth of a node", "As a tablet, by its value: a blank is false. The suites ask whether it is there.",
           written(r"^not\(")),
    Reason("boolean-from-string('True')", "As the specification: only `true` and `1`. A tablet takes capitals too.",
           written(r"boolean-from-string")),
    Reason("The whole text must match", "As a tablet. Write `^…$` and both agree; `cora check` says so.",
           written(r"regex\(")),
)  # fmt: skip


def reason(case: Case) -> Reason:
    """Raises StopIteration for a case that nobody has explained."""
    return next(each for each in REASONS if each.holds(case))


def ours(case: Case) -> str:
    value, _ = run(case)
    return "an error" if value is None else shown(to_text(value))


def theirs(case: Case) -> str:
    said = case["javarosa"]
    if "str" not in said:
        return "an error"
    wanted = "bool" if case["kind"] == "boolean" else "str"
    return shown(str(said[wanted]).lower() if wanted == "bool" else said[wanted])


def suites(case: Case) -> str:
    expected = case["expected"]
    if case["kind"] == "throws":
        return "an error"
    return shown(str(expected).lower() if isinstance(expected, bool) else "NaN" if expected is None else str(expected))


def shown(text: str) -> str:
    return f"`{text}`" if text else "blank"


def short(source: str) -> str:
    plain = " ".join(source.split()).replace("|", "\\|")
    return plain if len(plain) <= 70 else plain[:67] + "…"


def table() -> str:
    return BEGIN + "".join(_sections()) + END


def _sections() -> Iterator[str]:
    placed = [(reason(case), case) for case in CASES["disputed"]]
    for each in REASONS:
        rows = dict.fromkeys(
            f"| `{short(case['expression'])}` | {ours(case)} | {theirs(case)} | {suites(case)} |"
            for at, case in placed
            if at is each
        )
        if rows:
            head = "| expression | here | tablet | suites |\n| --- | --- | --- | --- |\n"
            yield f"\n### {each.title}\n\n{each.why}\n\n{head}" + "\n".join(rows) + "\n"
    yield "\n"


def page(text: str) -> str:
    before, rest = text.split(BEGIN)
    return before + table() + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
