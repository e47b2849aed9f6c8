"""What can be said of a workbook before it is converted: each finding with its sheet and row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cora_bot.base.problems import Problem, Severity
from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.errors import ExpressionError
from cora_bot.forms.headers import COLUMN, TRANSLATED
from cora_bot.forms.rows import Row, Workbook, each_choice
from cora_bot.forms.support import CHAT, Level, Support
from cora_bot.forms.texts import language_code

EXPRESSIONS = {
    "relevant": ("relevant", "relevance", "bind::relevant"),
    "constraint": ("constraint", "bind::constraint"),
    "calculation": ("calculation", "calculate", "bind::calculate"),
    "required": ("required", "bind::required"),
    "choice_filter": ("choice_filter",),
    "repeat_count": ("repeat_count", "jr:count"),
    "readonly": ("readonly", "read_only", "bind::readonly"),
    "alert": ("bind::cora:alert",),
}
ON_OR_OFF = ("yes", "no", "true", "false", "true()", "false()")
SWITCHES = {"required", "readonly"}
TYPES = {
    **dict.fromkeys(("select_one", "select one", "select one from", "select1"), "select_one"),
    **dict.fromkeys(("select_one_from_file", "select one from file"), "select_one"),
    **dict.fromkeys(("select_multiple", "select multiple", "select all that apply"), "select_many"),
    **dict.fromkeys(("select all that apply from", "select_multiple_from_file"), "select_many"),
    **dict.fromkeys(("integer", "int"), "integer"),
    "decimal": "decimal",
    **dict.fromkeys(("text", "string", "barcode"), "text"),
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "note": "note",
    **dict.fromkeys(("acknowledge", "trigger"), "acknowledge"),
    "range": "range",
    "rank": "rank",
    **dict.fromkeys(("geopoint", "gps", "location"), "geopoint"),
    "geotrace": "geotrace",
    "geoshape": "geoshape",
    **dict.fromkeys(("image", "photo"), "image"),
    "audio": "audio",
    "video": "video",
    "file": "file",
    "audit": "audit",
    "background-audio": "background-audio",
    "start-geopoint": "start-geopoint",
    "background-geopoint": "start-geopoint",
    **dict.fromkeys(("begin repeat", "begin_repeat"), "repeat"),
    **dict.fromkeys(("calculate", "hidden", "start", "end", "today", "deviceid", "username", "phonenumber"), ""),
    **dict.fromkeys(("email", "simserial", "subscriberid", "csv-external", "xml-external"), ""),
    **dict.fromkeys(("begin group", "end group", "begin_group", "end_group", "end repeat", "end_repeat"), ""),
}
CODES = {"repeat": "form.repeat", "media": "form.media", "entities": "form.sheet"}
NAMESPACE = "urn:cora"
OWN = re.compile(r"(bind|body|instance)::cora:", re.IGNORECASE)
FOREIGN = re.compile(r"(?:bind|body|instance|control)::([\w.\-]+):(?!:)", re.IGNORECASE)
PREFIX = re.compile(r"([\w.\-]+)\s*=")
DECLARED = ("jr", "orx", "odk", "h", "ev", "xsd", "entities", "xml")  # by pyxform itself
OWN_COLUMN = re.compile(r"bind::cora:(keep|purpose|alert)\Z")
REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^}]+?)\s*\}")
MEDIA = re.compile(r"(media::)?(image|big-image|audio|video)(::|\Z)")
MORE_AUDIT = re.compile(r"location|track-changes|identify-user")
REGEX = re.compile(r"""regex\s*\([^,]*,\s*(?:'([^']*)'|"([^"]*)")""")


def workbook_problems(workbook: Workbook, file: str, channel: Mapping[str, Support] = CHAT) -> Iterator[Problem]:
    sheet = _Sheet(workbook, file, channel)
    yield from sheet.own_columns()
    yield from sheet.unsupported()
    yield from sheet.languages()
    yield from sheet.questions()
    yield from sheet.choices()


def logic(workbook: Workbook) -> int:
    """How many letters the expressions of the survey have together."""
    names = [name for headers in EXPRESSIONS.values() for name in headers]
    return sum(len(row.cells.get(name, "")) for row in workbook.rows("survey") for name in names)


class _Sheet:
    def __init__(self, workbook: Workbook, file: str, channel: Mapping[str, Support]) -> None:
        self.channel = channel
        self.workbook = workbook
        self.file = file
        self.names = {row.get("name") for row in workbook.rows("survey")} - {""}
        self.translations = {name: self._translations(name) for name in ("survey", "choices")}
        self.all_languages = sorted({name for each in self.translations.values() for (_, name) in each})

    def _translations(self, sheet: str) -> dict[tuple[str, str], str]:
        """(label, language) -> column header."""
        found: dict[tuple[str, str], str] = {}
        for header in self.workbook.headers.get(sheet, ()):
            parts = COLUMN.match(header) if "::" in header or re.match(r"[a-z_ ]+:[^:]+\(", header) else None
            base = TRANSLATED.get((parts[1] if parts else header).strip().lower())
            if base is not None:
                found[base, parts[2].strip() if parts else ""] = header
        return found

    def at(
        self, sheet: str, row: Row | None, code: str, message: str, hint: str = "", *, warning: bool = False
    ) -> Problem:
        severity = Severity.WARNING if warning else Severity.ERROR
        return Problem(code, message, hint, self.file, sheet, row.number if row else None, severity)

    def supported(self, sheet: str, row: Row, feature: str, *, what: str = "") -> Iterator[Problem]:
        held = self.channel[feature]
        if held.level is not Level.YES:
            code = CODES.get(feature, "form.type")
            warning = held.level is Level.WARNING
            yield self.at(sheet, row, code, held.message.format(what=what or feature), held.hint, warning=warning)

    def unsupported(self) -> Iterator[Problem]:
        for name in ("external_choices", "osm"):
            if rows := self.workbook.rows(name):
                yield self.at(
                    name, rows[0], "form.sheet", f"the sheet {name} is not supported yet", "Remove the sheet."
                )
        if rows := self.workbook.rows("entities"):
            yield from self.supported("entities", rows[0], "entities")
        for name in ("survey", "choices"):
            for row in self.workbook.rows(name):
                if any(MEDIA.match(header) for header in row.cells):
                    yield from self.supported(name, row, "media")

    def own_columns(self) -> Iterator[Problem]:
        """Columns in the namespace ``cora`` say nothing, or spoil the XForm, where the namespace is not declared."""
        own = [header for header in self.workbook.headers.get("survey", ()) if OWN.match(header)]
        for header in own:
            if OWN_COLUMN.match(header) is None:
                hint = "There are bind::cora:keep, bind::cora:purpose and bind::cora:alert."
                yield self.at("survey", None, "form.cora-column", f"there is no column “{header}”", hint)
        settings = next(iter(self.workbook.rows("settings")), None)
        declared = {*DECLARED, *PREFIX.findall(settings.get("namespaces") if settings else "")}
        seen: set[str] = set()
        for header in self.workbook.headers.get("survey", ()):
            found = FOREIGN.match(header)
            if found and found[1] not in declared | seen:
                seen.add(found[1])
                address = NAMESPACE if found[1] == "cora" else "https://…"
                hint = f'Write in sheet settings, column namespaces: {found[1]}="{address}".'
                message = f"the column “{header}” needs its namespace"
                yield self.at("settings", settings, "form.namespace", message, hint)

    def languages(self) -> Iterator[Problem]:
        settings = next(iter(self.workbook.rows("settings")), None)
        default = settings.get("default_language") if settings else ""
        for name in self.all_languages:
            if name and not language_code(name):
                hint = "Write the header as “label::English (en)”: the code in brackets."
                yield self.at("survey", None, "form.language", f"the language “{name}” has no code", hint)
        if "" in self.all_languages and not (default and language_code(default)):
            hint = "Write “label::English (en)” instead of “label”, and default_language in settings."
            yield self.at("survey", None, "form.language", "a column of texts names no language", hint)
        if default and default not in self.all_languages and "" not in self.all_languages:
            message = f"default_language is “{default}”, but no column has that language"
            yield self.at("settings", settings, "form.language", message, "Write it exactly as in the headers.")
        elif not default and len(self.all_languages) > 1:
            message = "the form has several languages, but settings name no default_language"
            yield self.at("settings", settings, "form.language", message, "Add the column default_language.")

    def questions(self) -> Iterator[Problem]:
        for row in self.workbook.rows("survey"):
            kind = " ".join(row.get("type").split())
            if kind:
                yield from self._type(row, kind)
            yield from self._expressions(row)
            yield from self._texts("survey", row)

    def _type(self, row: Row, kind: str) -> Iterator[Problem]:
        whole = kind.lower()
        feature = TYPES.get(whole, TYPES.get(whole.split(" ")[0], "select_one" if _old_select(kind) else "other"))
        if feature:
            yield from self.supported("survey", row, feature, what=kind)
        if whole == "audit" and MORE_AUDIT.search(row.get("parameters")):
            yield from self.supported("survey", row, "audit-more", what=f"audit {row.get('parameters')}")
        if re.search(r"\bor_other\b|\bor specify other\b", kind) and len(self.all_languages) > 1:
            hint = "Add a choice “other” and a text question with a relevant."
            yield self.at("survey", row, "form.or-other", "or_other cannot be translated", hint)

    def _expressions(self, row: Row) -> Iterator[Problem]:
        for column, headers in EXPRESSIONS.items():
            source = row.get(*headers)
            if source and not (column in SWITCHES and source.lower() in ON_OR_OFF):
                yield from self._expression(row, column, source)
        for header, cell in row.cells.items():
            for name in REFERENCE.findall(cell):
                if name not in self.names:
                    message = f"{header}: there is no question named “{name}”"
                    yield self.at("survey", row, "form.reference", message, "Check the spelling of the name.")

    def _expression(self, row: Row, column: str, source: str) -> Iterator[Problem]:
        try:
            made = compile_expression(REFERENCE.sub(r"/data/\1", source))
        except ExpressionError as error:
            yield self.at("survey", row, f"form.{error.code}", f"{column}: {error}", "Check brackets and quotes.")
            return
        for fault in made.faults:
            hint = "Check the function in the XLSForm reference."
            yield self.at("survey", row, f"form.{fault.code}", f"{column}: {fault.message}", hint)
        if "truth-of-reference" in made.lints:
            message = f"{column}: a bare reference is taken as true or false"
            yield self.at("survey", row, "form.truth", message, "Compare it: ${name} != ''.", warning=True)
        for single, double in REGEX.findall(source):
            pattern = single or double
            if not (pattern.startswith("^") and pattern.endswith("$")):
                hint = "Write '^…$': engines differ in whether a part may match."
                yield self.at("survey", row, "form.regex", f"{column}: the pattern is not anchored", hint, warning=True)

    def _texts(self, sheet: str, row: Row) -> Iterator[Problem]:
        """A text that some languages have and others lack."""
        columns = self.translations[sheet]
        for base in dict.fromkeys(base for base, _ in columns):
            filled = {name for (each, name), header in columns.items() if each == base and _filled(row, header)}
            lacking = [name for name in self.all_languages if name not in filled]
            if filled and lacking:
                missing = ", ".join(name or "the language without a name" for name in lacking)
                message = f"“{row.get('name')}” has no {base} in {missing}"
                yield self.at(sheet, row, "form.translation", message, "The default language is shown.", warning=True)

    def choices(self) -> Iterator[Problem]:
        seen: dict[tuple[str, str], int] = {}
        for name, row in each_choice(self.workbook):
            value = row.get("name", "value")
            if value and len(value.split()) > 1:
                hint = "Use an underscore: a choice is stored in a list separated by spaces."
                yield self.at(
                    "choices", row, "form.choice-space", f"the choice “{value}” of {name} holds a space", hint
                )
            if (name, value) in seen:
                message = f"the choice “{value}” of {name} stands in row {seen[name, value]} already"
                yield self.at("choices", row, "form.choice-twice", message, "Give every choice its own value.")
            seen.setdefault((name, value), row.number)
            yield from self._texts("choices", row)


def _filled(row: Row, header: str) -> bool:
    return row.get(header).strip() not in ("", "-")


def _old_select(kind: str) -> bool:
    return kind.lower().startswith(("select one ", "select multiple ", "select all that apply"))
