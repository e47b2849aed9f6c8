"""EX-75 Every reason and outcome the program writes down has a sentence: they are found in the source, one by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from cora_bot.export.contacts import OUTCOMES
from cora_bot.export.reasons import OCCASIONS, SENTENCES, of_message, of_occasion

ROOT = Path(__file__).parents[2]
ROOMS = ("cora_bot/dialogue", "cora_bot/usecases", "cora_bot/store", "bot")
ENDINGS = {
    "ended", "_ended", "break_off", "_closed", "lapse", "lapse_chats", "final",  # occasions, and rows of the outbox
    "Ended", "Again", "Retry", "Refused", "Uncertain", "Gone", "_later",
}  # fmt: skip
NAMES = {"reason", "outcome", "why", "until, reason"}
TABLES = {"_GONE", "_REFUSED", "SILENT"}
JUDGES = {"_why_not", "_allowed"}
NO_REASON = {"reply", "tidy", "letter", "key", "key_away"}
"""Why a message is written, not what became of it: the ledger's own vocabulary (``contacts.REASONS``)."""


def sources() -> Iterator[ast.Module]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "pilot" not in path.parts and "simulate" not in path.parts:
                yield ast.parse(path.read_text(encoding="utf-8"))


def constants() -> dict[str, str]:
    """Texts that have a name in capitals."""
    named: dict[str, str] = {}
    for module in sources():
        for one in module.body:
            target = one.targets[0] if isinstance(one, ast.Assign) else getattr(one, "target", None)
            value = getattr(one, "value", None)
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                named[target.id] = value.value
    return named


def places() -> Iterator[ast.expr]:
    """Expressions whose value is written down as a reason or outcome."""
    for node in (node for module in sources() for node in ast.walk(module)):
        match node:
            case ast.Call():
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in ENDINGS:
                    yield from node.args
                yield from (one.value for one in node.keywords if one.arg in NAMES)
            case ast.Assign(targets=[target]) if ast.unparse(target).strip("()") in NAMES:
                yield from node.value.elts[-1:] if isinstance(node.value, ast.Tuple) else [node.value]
            case ast.Assign(targets=[ast.Name(id=name)]) if name in TABLES:
                yield from (
                    pair.elts[1] for pair in ast.walk(node.value) if isinstance(pair, ast.Tuple) and is_pair(pair)
                )
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(values=values)) if name in TABLES:
                yield from values
            case ast.FunctionDef(name=name) if name in JUDGES:
                yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value)


def is_pair(pair: ast.Tuple) -> bool:
    return len(pair.elts) == 2 and all(isinstance(one, ast.Constant) for one in pair.elts)


def texts(place: ast.expr, named: dict[str, str]) -> Iterator[str]:
    """The texts this expression may be: itself, either side of a choice, or what a name stands for."""
    match place:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper() and name in named:
            yield named[name]
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*texts(body, named), *texts(orelse, named))
        case ast.BoolOp(values=values) | ast.Tuple(elts=values):
            for one in values:
                yield from texts(one, named)


def written_down() -> set[str]:
    named = constants()
    return {text for place in places() for text in texts(place, named)} - NO_REASON


def test_every_reason_in_the_code_has_a_sentence() -> None:
    assert written_down() - SENTENCES.keys() == set()


def test_every_sentence_of_an_occasion_belongs_to_a_reason_in_the_code() -> None:
    assert OCCASIONS.keys() - written_down() == set()


def test_search_finds_one_of_every_kind() -> None:
    """Told by name, by a choice, by a constant, by a table, by a judge: so that the search cannot come back empty."""
    assert {
        "stopped", "another_open", "wrong_person", "put_away", "not_opened", "late", "merged", "missed", "outage",
        "unreachable", "answered", "no_longer_due", "quiet_hours", "unreadable", "process_ended", "chat_not_found",
        "too_long", "stopping", "superseded", "moved", "not_going", "replanned",
    } <= written_down()  # fmt: skip


def test_code_both_have_is_told_as_its_own() -> None:
    assert (of_message("late"), of_occasion("late")) == (OUTCOMES["late"], OCCASIONS["late"])
    assert (of_message(""), of_occasion("")) == ("", "")


def test_what_is_not_known_stays_as_it_is() -> None:
    assert of_message("status_400") == "Telegram answered with error 400"
    assert (of_message("newer"), of_occasion("newer")) == ("newer", "newer")
