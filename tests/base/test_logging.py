"""LG-01 a log line is an action and ids: every call in the code is looked at · LG-02 nothing else writes
LG-03 a library's words, and those of an exception that nobody caught, stay out of the log.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import ROOT

CODE = sorted(path for room in ("bot", "cora_bot") for path in (ROOT / room).rglob("*.py"))
OURS = ROOT / "cora_bot" / "base" / "logging.py"
FIELDS = {
    "added", "announced", "answers", "because", "booked", "bundle", "cards", "cases", "chat", "chats",
    "chore", "chores", "code", "count", "cuttings", "enrolling", "error", "fence", "form", "holder", "kept",
    "kind", "level", "mode", "moved", "number", "occurrences", "outage", "outcome", "parts", "pause",
    "people", "reason", "record", "records", "removed", "reopened", "row", "rows", "seconds", "slots",
    "state", "strangers", "tasks", "unreached", "update", "updates", "visits", "wave", "what", "where",
}  # fmt: skip
"""A new field is looked at by somebody before it passes: ids, counts, classes, words of our own; never a person's."""

PASSED_ON = {("bot/receive/polling.py", "action"), ("cora_bot/usecases/receive.py", "note")}
"""Actions that another function names, of a closed list of its own."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "log":
                yield path.relative_to(ROOT).as_posix(), node


def named(path: str, node: ast.Call) -> bool:
    """The action is written out where it is logged."""
    (action,) = node.args
    if isinstance(action, ast.Name):
        return (path, action.id) in PASSED_ON
    return isinstance(action, ast.Constant) and str(action.value).replace("_", "").isalpha()


def tells(value: ast.expr) -> bool:
    """Whether a value could carry an exception's or a person's words: a text put together, or made of anything."""
    made = (one for one in ast.walk(value) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name))
    texts = any(isinstance(one, ast.JoinedStr) for one in ast.walk(value))
    return texts or any(one.func.id in ("str", "repr", "format") for one in made if isinstance(one.func, ast.Name))


def test_every_action_is_written_out() -> None:
    assert [(path, node.lineno) for path, node in calls() if not named(path, node)] == []


def test_every_field_is_known_and_made_of_no_text() -> None:
    found = [(path, node.lineno, word) for path, node in calls() for word in node.keywords]
    unknown = {(path, line, str(word.arg)) for path, line, word in found if word.arg and word.arg not in FIELDS}
    assert unknown == set()
    assert [(path, line, str(word.arg)) for path, line, word in found if tells(word.value)] == []


def test_nothing_writes_past_our_log() -> None:
    found = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                wanted = (node.value.id, node.attr)
                if wanted in (("logging", "getLogger"), ("warnings", "warn"), ("traceback", "print_exc")):
                    found.append(path)
    assert set(found) == {OURS}


SECRET = "what a person said"
CRASHES = {
    "uncaught": f"raise ValueError({SECRET!r})",
    "in a thread": f"import threading\ndef f(): raise ValueError({SECRET!r})\n"
    "t = threading.Thread(target=f); t.start(); t.join()",
    "in a task": "import asyncio\nasync def f(): raise ValueError(" + repr(SECRET) + ")\n"
    "async def g():\n    t = asyncio.create_task(f()); await asyncio.sleep(0.1); del t\nasyncio.run(g())",
    "a library's": f"import logging\nlogging.getLogger('telegram').error('got %s', {SECRET!r})",
}


@pytest.mark.parametrize("crash", CRASHES)
def test_words_of_others_stay_out_of_the_log(crash: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"from cora_bot.base.logging import start_logging\nstart_logging()\n{CRASHES[crash]}\n")
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert SECRET not in ran.stdout + ran.stderr
    (line,) = [json.loads(line) for line in ran.stderr.splitlines()]
    expected = ("library", "") if crash in ("in a task", "a library's") else ("crashed", "ValueError")
    assert (line["action"], line.get("error", "")) == expected
    if expected[0] == "crashed":
        assert "script.py:" in line["where"]
