"""The wheel, built and installed as an operator does it, outside the checkout; and its command as a process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.house import ROOT

PATIENCE = 180.0  # seconds for one command: two on a quiet machine, many times that on a busy one


def build_wheel(folder: Path) -> Path:
    """The checkout's wheel in ``folder``, built without isolation by the locked backend."""
    ran = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """An environment with the wheel alone; its dependencies are this environment's, after everything of its own.

    A path that a .pth file adds is not searched for more .pth files: the checkout installed there stays out of sight.
    """
    venv.create(folder, with_pip=False)
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "--quiet", "install",
         "--no-deps", "--no-index", str(wheel)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return folder / "bin" / "cora"


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Cora:
    """The installed command on one machine: ``place`` is where it works, with a home and a temporary folder in it."""

    program: Path
    place: Path

    def __post_init__(self) -> None:
        for name in ("home", "tmp"):
            (self.place / name).mkdir(parents=True, exist_ok=True)

    async def start(self, *arguments: object, settings: Mapping[str, str], log: Path) -> asyncio.subprocess.Process:
        with log.open("w") as out:
            return await asyncio.create_subprocess_exec(
                self.program, *map(str, arguments), cwd=self.place, env=self._environment(settings),
                stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip

    async def ran(self, *arguments: object, settings: Mapping[str, str] | None = None, typed: str = "") -> Ran:
        process = await asyncio.create_subprocess_exec(
            self.program, *map(str, arguments), cwd=self.place, env=self._environment(settings or {}),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate(typed.encode())
        assert process.returncode is not None
        return Ran(process.returncode, out.decode(), err.decode())

    async def does(self, *arguments: object, settings: Mapping[str, str] | None = None, typed: str = "") -> str:
        """What it says; it must end well."""
        ran = await self.ran(*arguments, settings=settings, typed=typed)
        assert ran.code == 0, (arguments, ran.out, ran.err)
        return ran.out

    def left_behind(self) -> list[str]:
        """What lies where nothing should: in the home and among temporary files."""
        return sorted(str(path) for name in ("home", "tmp") for path in (self.place / name).rglob("*"))

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        own = {"HOME": str(self.place / "home"), "TMPDIR": str(self.place / "tmp"), "LANG": "C.UTF-8"}
        return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **own, **settings}
