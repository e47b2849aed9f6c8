"""DF-01 a linter finds nothing in the Dockerfile · DF-02 its steps, run in a clean environment, give a working command
DF-03 what runs has no root, no build tools, a health check, and settings that exist · DF-04 the example that runs it
keeps the root read-only and hands secrets over as files.

No image is built here: that needs a daemon. What RUN and COPY do is done in a folder instead of a root.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cora_bot.settings import SETTINGS
from tests.deploy.dockerfile import Stage, read
from tests.deploy.installed import build_wheel
from tests.support.house import ROOT

DOCKERFILE, COMPOSE = ROOT / "Dockerfile", ROOT / "deploy" / "compose.yaml"
BUILD, FINAL = read(DOCKERFILE)
OFFLINE = re.compile(
    r"Temporary failure|NewConnectionError|Could not fetch|Connection refused|timed out", re.IGNORECASE
)


def test_linter_finds_nothing() -> None:
    beside = Path(sys.executable).parent / "hadolint"
    linter = str(beside) if beside.exists() else shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not installed here")
    ran = subprocess.run([linter, "--no-color", str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_linter_would_find_something(tmp_path: Path) -> None:
    beside = Path(sys.executable).parent / "hadolint"
    linter = str(beside) if beside.exists() else shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not installed here")
    (tmp_path / "Dockerfile").write_text("FROM python:latest\nRUN pip install flask\n")
    ran = subprocess.run([linter, str(tmp_path / "Dockerfile")], capture_output=True, text=True, check=False)
    assert ran.returncode == 1


class Clean:
    """A folder that stands for the root of the build stage."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        self.root = folder / "root"
        self._stage = stage
        (folder / "bin").mkdir()
        base = getattr(sys, "_base_executable", sys.executable)
        (folder / "bin" / "python").symlink_to(base)
        (folder / "home").mkdir()
        self.environment = {
            "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            **stage.environment(),
            **{name: os.environ[name] for name in ("PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE") if name in os.environ},
        }

    def run(self) -> None:
        """Every instruction of the stage, in order."""
        work = self.root
        self.root.mkdir()
        for one in self._stage.instructions:
            match one.name:
                case "WORKDIR":
                    work = self._inside(one.text)
                    work.mkdir(parents=True)
                case "COPY":
                    *sources, target = one.words
                    for source in sources:
                        self._copy(ROOT / source, work / target)
                case "RUN":
                    self._shell(one.text, work)

    def _inside(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def _copy(self, source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target if target.suffix else target / source.name)

    def _shell(self, command: str, work: Path) -> None:
        moved = re.sub(r"(?<![\w/.])/(?=(opt|src|dist|empty)\b)", f"{self.root}/", command)
        ran = subprocess.run(
            ["sh", "-euc", moved], cwd=work, env=self.environment, capture_output=True, text=True, check=False
        )
        if ran.returncode and OFFLINE.search(ran.stderr) and os.environ.get("CORA_CI") != "1":
            pytest.skip("no package registry is reached from here")
        assert ran.returncode == 0, (command, ran.stdout[-2000:], ran.stderr[-2000:])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("image")
    clean = Clean(folder, BUILD)
    clean.run()
    return clean.root


def command(built: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """As the image runs it: its environment, its entry point, nothing of ours."""
    moved = {name: value.replace("/opt/cora", f"{built}/opt/cora") for name, value in FINAL.environment().items()}
    (entry,) = FINAL.all("ENTRYPOINT")
    (program,) = entry.words
    found = shutil.which(program, path=moved["PATH"])
    assert found == f"{built}/opt/cora/bin/cora"
    return subprocess.run(
        [found, *arguments], cwd=built, env=moved | settings, capture_output=True, text=True, check=False
    )


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("image")
def test_steps_give_a_command_that_works(built: Path, tmp_path: Path) -> None:
    assert command(built, "--version").stdout.startswith("cora, version ")
    (shipped,) = built.glob("opt/cora/lib/python*/site-packages/cora_bot/shipped")
    checked = command(built, "check", str(shipped / "surveys" / "returnee_follow_up"))
    assert "Form consent, version" in checked.stdout
    assert command(built, "new-study", str(tmp_path / "study")).returncode == 0


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("image")
def test_health_check_is_a_command_that_fails_where_nothing_runs(built: Path, tmp_path: Path) -> None:
    (check,) = FINAL.all("HEALTHCHECK")
    asked = re.search(r"CMD (\[.*\])$", check.text)
    assert asked is not None
    program, *arguments = re.findall(r'"([^"]+)"', asked[1])
    assert program == "cora"
    ran = command(built, *arguments, CORA_HOME=str(tmp_path))
    assert (ran.returncode, ran.stdout) == (1, "the bot is not running here\n")


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("image")
def test_build_tools_are_gone_and_the_packages_are_the_locked_ones(built: Path) -> None:
    listed = {path.name.split("-")[0].lower().replace("_", "-"): path.name.split("-")[1].removesuffix(".dist")
              for path in built.glob("opt/cora/lib/python*/site-packages/*.dist-info")}  # fmt: skip
    assert {"pip", "hatchling", "editables"} & set(listed) == set()
    locked = dict(re.findall(r"^([\w.-]+)(?:\[\w+\])?==([\w.]+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    names = {name.lower().replace("_", "-").replace(".", "-"): version for name, version in locked.items()}
    other = {name for name in listed if name not in names} - {"cora-bot", "setuptools"}
    assert other == set()


def test_image_gets_everything_the_wheel_is_built_from(tmp_path: Path) -> None:
    sources = {word for one in BUILD.all("COPY") for word in one.words[:-1]}
    for source in sources:
        here = ROOT / source
        if here.is_dir():
            shutil.copytree(here, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(here, tmp_path / source)
    kept = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert sources == kept
    wheel = build_wheel(tmp_path / "whole")
    ran = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "copied")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    (copied,) = (tmp_path / "copied").glob("*.whl")
    assert copied.read_bytes() == wheel.read_bytes()


def test_what_runs_has_no_root_and_stays_on_its_data() -> None:
    (user,) = FINAL.all("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user.text)
    assert FINAL.all("RUN") == []
    (volume,) = FINAL.all("VOLUME")
    assert volume.words == [FINAL.environment()["CORA_HOME"]]
    assert BUILD.base == FINAL.base
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", FINAL.base)


def test_every_setting_named_exists() -> None:
    known = {setting.name for setting in SETTINGS}
    named = set(re.findall(r"\bCORA_[A-Z_]+\b", DOCKERFILE.read_text() + COMPOSE.read_text()))
    assert (named - known, {"CORA_HOME", "CORA_TOKEN_FILE", "CORA_SERVER_KEY", "CORA_BOT"} - named) == (set(), set())


def test_example_keeps_the_root_read_only_and_secrets_in_files() -> None:
    lines = [line.strip() for line in COMPOSE.read_text().splitlines()]
    for promise in (
        "read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]', "ulimits: {core: 0}",
        "restart: unless-stopped", "- data:/data", "- /srv/cora/study:/study:ro",
    ):  # fmt: skip
        assert promise in lines
    (user,) = FINAL.all("USER")
    assert f'user: "{user.text}"' in lines
    (memory, both) = [line.split(": ")[1] for line in lines if line.startswith("mem")]
    assert memory == both  # swap is what is left
    handed = {f"/run/secrets/{line.split(':')[0]}" for line in lines if "{file: " in line}
    inside = FINAL.environment()
    assert handed == {inside["CORA_TOKEN_FILE"], inside["CORA_SERVER_KEY"]}
