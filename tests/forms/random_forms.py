"""Random forms as Markdown tables, for comparing two engines and for properties. The same seed gives the same form."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

HEADER = (
    "type",
    "name",
    "label::English (en)",
    "label::Dari (fa-AF)",
    "hint::English (en)",
    "relevant",
    "constraint",
    "constraint_message::English (en)",
    "required",
    "required_message::English (en)",
    "calculation",
    "choice_filter",
    "default",
    "readonly",
    "parameters",
    "repeat_count",
    "trigger",
)
KINDS = (
    "integer",
    "decimal",
    "text",
    "date",
    "select_one",
    "select_multiple",
    "note",
    "acknowledge",
    "range",
    "calculate",
)
DIGITS = (0, 1, 2, 3, 5, 10, 18)


@dataclass
class Maker:
    """Builds one form; ``known`` are the names so far, by sort."""

    chance: random.Random
    rows: list[dict[str, str]] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=lambda: {"n": [], "s": [], "d": [], "one": [], "many": []})
    repeats: bool = False
    repeated: list[tuple[str, str, str]] = field(default_factory=list)
    looped: list[str] = field(default_factory=list)

    def form(self, size: int) -> str:
        depth = 0
        for number in range(size):
            if self.repeats and depth == 0 and self.chance.random() < 0.25:
                self.repeat(number)
            if depth < 2 and self.chance.random() < 0.12:
                row = {"type": "begin group", "name": f"g{number}", "label::English (en)": f"Group {number}"}
                if self.chance.random() < 0.7:
                    row["relevant"] = self.truth()
                self.rows.append(row)
                depth += 1
            self.question(number)
            if depth and self.chance.random() < 0.25:
                self.rows.append({"type": "end group"})
                depth -= 1
        self.rows += [{"type": "end group"}] * depth
        lines = ["| survey |", "| | " + " | ".join(HEADER) + " |"]
        lines += [
            "| | " + " | ".join(row.get(name, "").replace("|", "\\|") for name in HEADER) + " |" for row in self.rows
        ]
        return "\n".join([*lines, CHOICES])

    def repeat(self, number: int, *, nested: bool = False) -> None:
        """A repeat with some questions; what stands in it can be read from outside only all at once."""
        name = f"r{number}"
        row = {"type": "begin repeat", "name": name, "label::English (en)": f"Again {number}"}
        drawn = self.chance.random()
        if drawn < 0.35:
            row["repeat_count"] = str(self.chance.choice((1, 2, 3)))
        elif drawn < 0.5 and self.known["n"]:
            # Blank or 0 leaves a tablet with the one instance the form starts with, and us with none.
            row["repeat_count"] = f"if(coalesce({self.pick('n')}, 0) > 3, 3, 1)"
        if self.chance.random() < 0.3:
            row["relevant"] = self.truth()
        self.rows.append(row)
        before = {sort: list(names) for sort, names in self.known.items()}
        for inner in range(self.chance.randrange(1, 4)):
            self.question(number * 100 + 1000 + inner)
        if not nested and self.chance.random() < 0.3:
            self.repeat(number * 100 + 1050, nested=True)
        self.rows.append({"type": "end repeat"})
        inside = [(sort, each) for sort, names in self.known.items() for each in names if each not in before[sort]]
        self.known = before
        if not nested:
            self.repeated += [(sort, each, name) for sort, each in inside]
            self.looped.append(name)

    def gathered(self) -> str:
        """A number or text out of all instances of a repeat."""
        if not self.repeated:
            return f"count(${{{self.chance.choice(self.looped)}}})" if self.looped else "1"
        sort, name, repeat = self.chance.choice(self.repeated)
        if sort == "n":
            all_of = [f"sum(${{{name}}})", f"min(${{{name}}})"]
            return self.chance.choice(
                [*all_of, f"indexed-repeat(${{{name}}}, ${{{repeat}}}, 1)", f"count(${{{repeat}}})"]
            )
        if sort == "s":
            return self.chance.choice([f"join('-', ${{{name}}})", f"indexed-repeat(${{{name}}}, ${{{repeat}}}, 2)"])
        return f"count(${{{repeat}}})"

    def question(self, number: int) -> None:
        kind, name = self.chance.choice(KINDS), f"q{number}"
        row = {"type": kind, "name": name}
        if kind == "calculate":
            self.calculation(row)
            return
        row["label::English (en)"] = self.label(number)
        if self.chance.random() < 0.6:
            row["label::Dari (fa-AF)"] = f"پرسش {number}"
        if self.chance.random() < 0.3:
            row["hint::English (en)"] = f"Hint {number}"
        if self.chance.random() < 0.4:
            row["relevant"] = self.truth()
        self.defaulted(kind, row)
        self.details(kind, row)
        self.rows.append(row)

    def defaulted(self, kind: str, row: dict[str, str]) -> None:
        """Static and computed defaults; some texts are read only."""
        if kind not in ("integer", "text", "date") or self.chance.random() > 0.25:
            return
        computed = {"integer": f"int({self.number()})", "text": f"concat('abc', {self.text()})", "date": "today()"}
        plain = {"integer": "3", "text": "abc", "date": "2024-02-29"}
        row["default"] = (computed if self.chance.random() < 0.5 else plain)[kind]
        row["readonly"] = "yes" if self.chance.random() < 0.2 else ""

    def details(self, kind: str, row: dict[str, str]) -> None:
        name = row["name"]
        match kind:
            case "integer" | "decimal":
                self.limited(row, f". >= 0 and . < {self.chance.choice((5, 50))}")
                self.known["n"].append(name)
            case "range":
                row["parameters"] = f"start=0 end={self.chance.choice((5, 10, 40))} step=1"
                self.known["n"].append(name)
            case "text":
                self.limited(row, self.chance.choice(("string-length(.) < 8", "regex(., '^[a-z ]+$')", ". != 'no'")))
                self.known["s"].append(name)
            case "date":
                self.limited(row, self.chance.choice((". <= today()", ". > date('2020-01-01')")))
                self.known["d"].append(name)
            case "select_one" | "select_multiple":
                self.select(kind, row)
            case _:
                pass

    def limited(self, row: dict[str, str], constraint: str) -> None:
        drawn = 1.0 if row.get("readonly") else self.chance.random()
        if drawn < 0.35:
            row["constraint"] = constraint if self.chance.random() < 0.6 else f"({constraint}) or {self.truth()}"
            row["constraint_message::English (en)"] = f"Not so for {row['name']}"
        elif drawn < 0.6:
            row["required"] = "yes" if self.chance.random() < 0.6 else self.truth()
            row["required_message::English (en)"] = f"Needed: {row['name']}"

    def select(self, kind: str, row: dict[str, str]) -> None:
        regions, towns = self.known["one"], self.known["many"]
        if regions and self.chance.random() < 0.6:
            row["type"] = f"{kind} town"
            row["choice_filter"] = f"region = ${{{self.chance.choice(regions)}}}"
        else:
            row["type"] = f"{kind} region"
            if self.chance.random() < 0.3:
                row["required"] = "yes"
        if kind == "select_one" and row["type"].endswith("region"):
            regions.append(row["name"])
        if kind == "select_multiple":
            towns.append(row["name"])

    def calculation(self, row: dict[str, str]) -> None:
        if self.chance.random() < 0.2:
            row["relevant"] = self.truth()
        if self.repeats and self.chance.random() < 0.4:
            row["calculation"] = self.gathered()
        elif self.repeats and self.chance.random() < 0.15:
            asked = {each["name"] for each in self.rows if each["type"] not in ("calculate", "end group", "end repeat")}
            names = [name for each in self.known.values() for name in each if name in asked]
            row["trigger"] = f"${{{self.chance.choice(names)}}}" if names else ""
            row["calculation"] = self.text(2)
            self.known["s"].append(row["name"])
        elif self.chance.random() < 0.6:
            row["calculation"] = self.number(2)
            self.known["n"].append(row["name"])
        else:
            row["calculation"] = self.text(2)
            self.known["s"].append(row["name"])
        self.rows.append(row)

    def label(self, number: int) -> str:
        names = [name for each in self.known.values() for name in each]
        return f"Question {number}" + (
            f" of ${{{self.chance.choice(names)}}}" if names and self.chance.random() < 0.3 else ""
        )

    def pick(self, sort: str) -> str:
        names = self.known[sort]
        return f"${{{self.chance.choice(names)}}}" if names else ""

    def number(self, depth: int = 1) -> str:
        leaf = self.pick("n") or str(self.chance.choice(DIGITS))
        if depth == 0 or self.chance.random() < 0.3:
            return leaf if self.chance.random() < 0.7 else str(self.chance.choice(DIGITS))
        a, b = self.number(depth - 1), self.number(depth - 1)
        return self.chance.choice(
            (
                f"{a} + {b}",
                f"({a}) * 2",
                f"{a} - {b}",
                f"({a}) div 4",
                f"({a}) mod 7",
                f"int({a})",
                f"round(({a}) div 3, 2)",
                f"if({self.truth(depth - 1)}, {a}, {b})",
                f"coalesce({leaf}, {b})",
                f"string-length({self.text(depth - 1)})",
                f"count-selected({self.pick('many') or chr(39) * 2})",
                f"-({a})",
                f"abs({a})",
                f"number({self.pick('d') or a})",
            )
        )

    def text(self, depth: int = 1) -> str:
        leaf = self.pick("s") or "'abc'"
        if depth == 0:
            return leaf
        a, b = self.text(depth - 1), self.text(depth - 1)
        return self.chance.choice(
            (
                f"concat({a}, '-', {b})",
                f"substr({a}, 1, 3)",
                f"if({self.truth(depth - 1)}, {a}, 'none')",
                f"join(' ', {a}, {b})",
                f"translate({a}, 'abc', 'xy')",
                f"normalize-space({a})",
                f"string(coalesce({self.number(depth - 1)}, 0))",  # a tablet writes NaN as a text, here it is blank
                f"selected-at({self.pick('many') or a}, 0)",
                f"substring-before({a}, '-')",
                self.chosen(),
                f"format-date({self.pick('d') or chr(39) * 2}, '%Y-%m-%d %a')",
                leaf,
            )
        )

    def chosen(self) -> str:
        """A choice's label."""
        name = self.pick("one")
        return f"jr:choice-name({name}, '{name}')" if name else "'abc'"

    def truth(self, depth: int = 1) -> str:
        simple = [
            f"{self.number(0)} {self.chance.choice(('<', '<=', '>', '>=', '=', '!='))} {self.chance.choice(DIGITS)}",
            f"{self.pick('s') or 'true()'} != ''",
            f"selected({self.pick('many') or chr(39) + 'n' + chr(39)}, '{self.chance.choice(('n', 's', 'kabul'))}')",
            f"{self.pick('one') or chr(39) + 'n' + chr(39)} = '{self.chance.choice('ns')}'",
            f"{self.pick('d') or 'today()'} < today()",
            "true()",
        ]
        if depth == 0:
            return self.chance.choice(simple)
        a, b = self.truth(depth - 1), self.truth(depth - 1)
        return self.chance.choice((*simple, f"({a}) and ({b})", f"({a}) or ({b})", f"not({a})"))


CHOICES = """| choices |
| | list_name | name | label::English (en) | label::Dari (fa-AF) | region |
| | region | n | North | شمال | |
| | region | s | South | جنوب | |
| | region | w | West | غرب | |
| | town | kabul | Kabul | کابل | n |
| | town | mazar | Mazar | | n |
| | town | herat | Herat | هرات | w |
| | town | zaranj | Zaranj | زرنج | s |
| settings |
| | form_title | form_id | version | default_language |
| | Random | random | 1 | English (en) |
"""


def random_form(seed: int, size: int = 14, *, repeats: bool = False) -> str:
    return Maker(random.Random(seed), repeats=repeats).form(size)


def typed_answers(chance: random.Random, kind: str) -> list[str]:
    """Tries for a typed question; the last one is a plain one."""
    drawn = {
        "integer": ["", "-3", str(chance.choice(DIGITS)), str(chance.randrange(60))],
        "decimal": ["", "2.5", str(chance.choice(DIGITS)), f"{chance.randrange(50)}.25"],
        "range": [str(chance.randrange(6))],
        "text": ["", "no", "abc def", "ABC", "xyz", "a longer answer"],
        "date": ["", "2019-05-06", "2025-02-28", "2031-01-01"],
    }[kind]
    tries = chance.sample(drawn, k=min(len(drawn), chance.randrange(1, 4)))
    plain = {"integer": "4", "decimal": "4.5", "range": "3", "text": "abc", "date": "2024-02-29"}[kind]
    return [*tries, plain]
