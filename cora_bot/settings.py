"""CORA_* settings: read here, at the edge, and passed on as plain values. The table is also what the docs print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cora_bot.base.errors import CoraError

TELEGRAM: Final = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. ``default`` is what the docs say happens when it is not set."""

    name: str
    description: str
    default: str


SETTINGS: Final = (
    Setting("CORA_HOME", "Folder of the server's data: database, key store, opening tests.", "./data"),
    Setting("CORA_STUDY", "Folder of the study (with study.toml).", "./study"),
    Setting(
        "CORA_TOKEN", "The bot's token from BotFather. Prefer CORA_TOKEN_FILE: environments are easily seen.", "none"
    ),
    Setting("CORA_TOKEN_FILE", "File that holds the bot's token, readable by its owner only.", "none"),
    Setting("CORA_BOT", "The bot's user name without @, for links on enrolment cards.", "none: codes only"),
    Setting("CORA_API", "Base address of the Bot API.", TELEGRAM),
    Setting("CORA_DATABASE", "Database: sqlite+aiosqlite:///PATH or postgresql+asyncpg://…", "cora.db in CORA_HOME"),
    Setting(
        "CORA_KEYSTORE",
        "The small store of erasure keys and links, with backups of its own.",
        "keystore.db in CORA_HOME",
    ),
    Setting(
        "CORA_SERVER_KEY",
        "The server's key file. It must lie outside CORA_HOME.",
        "systemd's credential server.key, where there is one",
    ),
    Setting(
        "CORA_SERVER_PASSPHRASE_FILE",
        "File with the passphrase of CORA_SERVER_KEY, where it has one; fd:3 for an open descriptor.",
        "systemd's credential passphrase, else asked for at the terminal",
    ),
    Setting("CORA_CLOCK_FILE", "Time travel for demonstrations; refused unless CORA_API is on this machine.", "none"),
)


FOR_TESTS: Final = frozenset({"CORA_CI", "CORA_XPATH_CASES", "CORA_JAVAROSA_TOOLS"})
"""What a test run is told by the same kind of name; no command reads them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Nothing is checked against the disk here; ``cli/open_house.py`` does that."""

    home: Path
    study: Path
    token: str = field(repr=False)
    token_file: Path | None
    bot: str
    api: str
    database: str
    keystore: str
    server_key: Path | None
    server_passphrase_file: Path | None
    credentials: Path | None
    clock_file: Path | None

    @property
    def opening_tests(self) -> Path:
        """Where ``cora keys drill`` keeps which recipients have opened a test."""
        return self.home / "opening-tests.json"

    @property
    def store_files(self) -> tuple[Path | None, Path | None]:
        """The files of database and key store; None for one that another server keeps."""
        return _file(self.database), _file(self.keystore)

    @property
    def upgrade_copies(self) -> Path:
        """Where ``cora upgrade`` leaves copies from before."""
        return self.home / "before-upgrade"

    @property
    def scratch(self) -> Path:
        """Where copies of the stores lie while they are sealed or put back."""
        return self.home / "copies-under-way"

    @property
    def half_restored(self) -> Path:
        """Is there while stores are being put in place: a bot that started then would serve half of a pair."""
        return self.home / "restore-not-finished"

    @property
    def pulse(self) -> Path:
        """Where the running bot leaves its signs of life, for ``cora health``."""
        return self.home / "pulse.json"

    @property
    def loopback(self) -> bool:
        """Whether the Bot API is on this very machine: an emulator, so that no word reaches a real person."""
        return _is_loopback(urlsplit(self.api).hostname or "")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in ``environment`` (``os.environ``).

    Raises ``CoraError`` for a CORA_ variable nobody knows: a mistyped name would otherwise be a setting not made.
    """
    known = {setting.name for setting in SETTINGS} | FOR_TESTS
    unknown = sorted(name for name in environment if name.startswith("CORA_") and name not in known)
    if unknown:
        raise CoraError(f"there is no setting {', '.join(unknown)}", f"Settings are: {', '.join(sorted(known))}.")
    home = Path(environment.get("CORA_HOME") or "data")
    return Settings(
        home=home,
        study=Path(environment.get("CORA_STUDY") or "study"),
        token=environment.get("CORA_TOKEN", ""),
        token_file=_path(environment, "CORA_TOKEN_FILE"),
        bot=environment.get("CORA_BOT", "").removeprefix("@"),
        api=_api(environment.get("CORA_API") or TELEGRAM),
        database=environment.get("CORA_DATABASE") or f"sqlite+aiosqlite:///{home / 'cora.db'}",
        keystore=environment.get("CORA_KEYSTORE") or f"sqlite+aiosqlite:///{home / 'keystore.db'}",
        server_key=_path(environment, "CORA_SERVER_KEY"),
        server_passphrase_file=_path(environment, "CORA_SERVER_PASSPHRASE_FILE"),
        credentials=_path(environment, "CREDENTIALS_DIRECTORY"),
        clock_file=_path(environment, "CORA_CLOCK_FILE"),
    )


def _file(address: str) -> Path | None:
    scheme, _, path = address.partition(":///")
    return Path(path) if scheme.startswith("sqlite") else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    text = environment.get(name, "")
    return Path(text) if text else None


def _api(text: str) -> str:
    """The address without a slash at its end. Every request carries the token, so plain http stays on this machine."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise CoraError("CORA_API is not a web address", f"For example {TELEGRAM}, or http://127.0.0.1:8081")
    if parts.scheme == "http" and not _is_loopback(host):
        raise CoraError("CORA_API leaves this machine without encryption", "Use an address that begins with https://")
    return text.rstrip("/")
