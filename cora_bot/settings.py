"""CORA_* settings: read here, at the edge, and passed on as plain values. The table is also what the docs print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cora_bot.base.errors import CoraError
from cora_bot.base.values import Value

TELEGRAM: Final = "https://api.telegram.org"
MOST_PORT: Final = 65535


class Setting(Value):
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
    Setting(
        "CORA_WEBHOOK_URL",
        "Address Telegram posts to (https://…): messages are posted instead of fetched.",
        "none: messages are fetched, no incoming port is needed",
    ),
    Setting("CORA_WEBHOOK_LISTEN", "HOST:PORT for those posts, plain, behind a proxy that encrypts.", "127.0.0.1:8443"),
    Setting("CORA_METRICS", "HOST:PORT on this machine for /metrics, /health and /ready.", "none"),
    Setting("CORA_PING_URL", "Address outside, asked every minute while all is well; it raises the alarm.", "none"),
    Setting("CORA_PAID_BROADCAST", "yes: check-ins may go faster than 30 a second, paid in Telegram Stars.", "no"),
    Setting("CORA_CLOCK_FILE", "Time travel for demonstrations; refused unless CORA_API is on this machine.", "none"),
)


FOR_TESTS: Final = frozenset(
    {
        "CORA_BENCH_PEOPLE",
        "CORA_BREAKS",
        "CORA_CI",
        "CORA_CUTS",
        "CORA_DISTURBANCES",
        "CORA_EXAMPLES",
        "CORA_JAVAROSA_TOOLS",
        "CORA_KILLS",
        "CORA_WAVE",
        "CORA_XPATH_CASES",
    }
)
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
    webhook_url: str = ""
    webhook_listen: tuple[str, int] = ("127.0.0.1", 8443)
    metrics: tuple[str, int] | None = None
    ping_url: str = field(default="", repr=False)
    paid_broadcast: bool = False

    @property
    def opening_tests(self) -> Path:
        """Where ``cora keys drill`` keeps which recipients have opened a test."""
        return self.home / "opening-tests.json"

    @property
    def store_files(self) -> tuple[Path | None, Path | None]:
        """The files of database and key store; None for one that another server keeps."""
        return _file(self.database), _file(self.keystore)

    @property
    def kept(self) -> Path:
        """What was made from the study's files, for the next start; it may be deleted at any time."""
        return self.home / "made-from-the-study"

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
        webhook_url=_outside(environment, "CORA_WEBHOOK_URL"),
        webhook_listen=_place(environment, "CORA_WEBHOOK_LISTEN") or ("127.0.0.1", 8443),
        metrics=_on_this_machine(environment, "CORA_METRICS"),
        ping_url=_outside(environment, "CORA_PING_URL"),
        paid_broadcast=_yes(environment, "CORA_PAID_BROADCAST"),
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


def _place(environment: Mapping[str, str], name: str) -> tuple[str, int] | None:
    """HOST:PORT; an IPv6 address stands in brackets."""
    text = environment.get(name, "")
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > MOST_PORT:
        raise CoraError(f"{name} is not HOST:PORT", "For example 127.0.0.1:8443")
    return host.strip("[]"), int(port)


def _on_this_machine(environment: Mapping[str, str], name: str) -> tuple[str, int] | None:
    place = _place(environment, name)
    if place is not None and not _is_loopback(place[0]):
        raise CoraError(f"{name} can be reached from other machines", "Use 127.0.0.1 or [::1]: it knows no passwords.")
    return place


def _outside(environment: Mapping[str, str], name: str) -> str:
    """A web address; without encryption on this machine only."""
    text = environment.get(name, "")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise CoraError(f"{name} is not an address that begins with https://")
    return text


def _yes(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name, "").casefold()
    if text not in ("", "yes", "no"):
        raise CoraError(f"{name} is neither yes nor no")
    return text == "yes"


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
