"""Installs the independent age implementation on demand, exactly as the lock says, and talks to it.

Without node or npm these tests are skipped, and say so; with CORA_CI=1 that is a failure.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"

Ask = Callable[..., list[Any]]


def _missing(reason: str) -> None:
    if os.environ.get("CORA_CI") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def _install() -> None:
    """Once for all test processes: ``npm ci`` takes away what another is reading."""
    lock = Path(tempfile.gettempdir()) / f"cora-interop-{hashlib.sha256(str(HERE).encode()).hexdigest()[:16]}.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        _install_alone()


def _install_alone() -> None:
    stamp = MODULES / ".installed"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    done = subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=HERE, capture_output=True, text=True, timeout=240)
    if done.returncode != 0:
        _missing(f"npm ci failed: {done.stderr.strip().splitlines()[-1:]}")
    stamp.write_text(wanted)


@pytest.fixture(scope="session")
def node() -> Ask:
    """Asks the other implementation: one answer per request, ``error`` (a text) or ``ok``."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _missing("node and npm are not installed")
    _install()

    def ask(*requests: dict[str, Any]) -> list[Any]:
        done = subprocess.run(["node", "age.mjs"], cwd=HERE, input=json.dumps(requests), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        answers: list[Any] = json.loads(done.stdout)
        assert len(requests) == len(answers)
        return answers

    return ask


def to_text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def from_text(text: str) -> bytes:
    return base64.b64decode(text)
