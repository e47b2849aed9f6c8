"""Files beside a form (.csv, .xml, .geojson) become instances written in the form itself.

So the XForm alone is the exact version: what is stored, hashed, walked, exported needs no file. On a tablet it means
the same.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from cora_bot.base.problems import Problem, Severity
from cora_bot.forms.expr.nodes import local_name

SUFFIXES: Final = (".csv", ".xml", ".geojson")
MAX_FILE: Final = 2_000_000  # bytes of one file
MAX_ITEMS: Final = 10_000  # rows of one file
MAX_FIELDS: Final = 100  # columns of one file
MAX_DEPTH: Final = 20  # of an XML file
EXTERNAL: Final = re.compile(
    r"""<instance\s+(?=[^>]*\bid="([^"]*)")(?=[^>]*\bsrc="jr://file(?:-csv)?/([^"]*)")[^>]*?(?:/>|>\s*</instance>)"""
)
NAME: Final = re.compile(r"[A-Za-z_][\w.\-]*\Z")
CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class FileError(Exception):
    """A file that cannot be used. ``str(error)`` says why, ``hint`` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def inlined(xform: str, media: Mapping[str, bytes], file: str) -> tuple[str, list[Problem]]:
    """The XForm with the files it names written into it. Those that are not there are left as they are."""
    found: list[Problem] = []

    def written(match: re.Match[str]) -> str:
        name, source = match[1], match[2]
        if source not in media:
            return match[0]
        try:
            root, lost = _root(media[source], source)
        except FileError as error:
            found.append(Problem("form.file", f"{source}: {error}", error.hint, file))
            root, lost = "<root/>", []
        for column in lost:
            message = f"{source}: the column “{column}” cannot be named in a form and is left out"
            hint = "Use letters, digits and underscores."
            found.append(Problem("form.file-column", message, hint, file, severity=Severity.WARNING))
        return f'<instance id="{name}">{root}</instance>'

    return EXTERNAL.sub(written, xform), found


def _root(content: bytes, source: str) -> tuple[str, list[str]]:
    """The items as XML, and the columns left out."""
    if len(content) > MAX_FILE:
        raise FileError(f"the file has more than {MAX_FILE:,} bytes", "Keep only the rows the form needs.")
    match PurePosixPath(source).suffix.lower():
        case ".csv":
            return _items(_rows(_text(content)))
        case ".geojson":
            return _items(_features(_text(content)))
        case ".xml":
            return _copied(content), []
        case suffix:
            raise FileError(f"“{suffix}” is no list of items", "Use .csv, .xml or .geojson.")


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in content:
        raise FileError("the file is not UTF-8 text", "Save it with the encoding UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError("the file is not UTF-8 text", "Save it with the encoding UTF-8.") from None


def _rows(text: str) -> Iterator[dict[str, str]]:
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else "\t" if "\t" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if len([name for name in header if name]) != len({name for name in header if name}):
            raise FileError("a column stands there twice", "Give every column its own name.")
        if not any(header) or len(header) > MAX_FIELDS:
            raise FileError(f"the first row must name 1 to {MAX_FIELDS} columns", "Write the names in the first row.")
        for number, cells in enumerate(reader, 2):
            if len(cells) > len(header) and any(cells[len(header) :]):
                raise FileError(f"row {number} has more cells than the first row has names", "Quote cells with commas.")
            if any(cells):
                yield dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=False))
    except csv.Error as error:
        raise FileError(f"row {reader.line_num}: {error}", "Save the file anew as CSV.") from error


def _features(text: str) -> Iterator[dict[str, str]]:
    try:
        held: Any = json.loads(text)
        features = held["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        features = None
    if not isinstance(features, list) or held.get("type") != "FeatureCollection":
        raise FileError("the file is no GeoJSON FeatureCollection", "Export it anew as GeoJSON.")
    for each in features:
        properties = each.get("properties") if isinstance(each, dict) else None
        if not isinstance(properties, dict):
            raise FileError("a feature has no properties", "Export it anew as GeoJSON.")
        item = {"geometry": _geometry(each.get("geometry")), **{k: _plain(v) for k, v in properties.items()}}
        if "id" in each:
            item["id"] = _plain(each["id"])
        yield item


def _geometry(held: Any) -> str:
    """ODK's way: “latitude longitude 0 0”, points of a line or an area with “; ” between."""
    try:
        match held["type"]:
            case "Point":
                points = [held["coordinates"]]
            case "LineString":
                points = held["coordinates"]
            case "Polygon":
                points = held["coordinates"][0]
            case _:
                return ""
        return "; ".join(f"{_plain(point[1])} {_plain(point[0])} 0 0" for point in points)
    except (TypeError, KeyError, IndexError):
        raise FileError("a feature's geometry cannot be read", "Export it anew as GeoJSON.") from None


def _plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    return str(value) if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False)


def _items(rows: Iterator[dict[str, str]]) -> tuple[str, list[str]]:
    parts, lost = ["<root>"], dict[str, None]()
    for number, row in enumerate(rows):
        if number >= MAX_ITEMS:
            raise FileError(f"the file has more than {MAX_ITEMS:,} rows", "Keep only the rows the form needs.")
        parts.append("<item>")
        for name, value in row.items():
            if NAME.match(name):
                parts.append(f"<{name}>{_escaped(value)}</{name}>")
            elif name:
                lost[name] = None
        parts.append("</item>")
    return "".join([*parts, "</root>"]), list(lost)


def _escaped(text: str) -> str:
    return escape(CONTROL.sub("", text))


def _copied(content: bytes) -> str:
    try:
        root = fromstring(content)
    except Exception as error:  # defusedxml and ElementTree raise several kinds; none of them is ours
        raise FileError(f"the file is no harmless XML ({type(error).__name__})", "Export it anew.") from error
    items = [each for each in root if isinstance(each.tag, str)]
    if len(items) > MAX_ITEMS:
        raise FileError(f"the file has more than {MAX_ITEMS:,} items", "Keep only the items the form needs.")
    return _element(root, 0)


def _element(element: Any, depth: int) -> str:
    name = local_name(element.tag)
    if depth > MAX_DEPTH or not NAME.match(name):
        raise FileError("the file is nested too deep, or has names that a form cannot use", "Export it anew.")
    kids = [each for each in element if isinstance(each.tag, str)]
    inside = "".join([_element(each, depth + 1) for each in kids]) if kids else _escaped(element.text or "")
    return f"<{name}>{inside}</{name}>"
