"""The machine: disk space, swap, core dumps, time-zone data. Nothing is changed but this process's core dumps."""

from __future__ import annotations

import os
import shutil
import sys
import zoneinfo
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from cora_bot.base.examination import Checked, error, warning, wrong
from cora_bot.base.hardening import core_dumps_off, no_core_dumps
from cora_bot.base.problems import Problem
from cora_bot.cli.doctor.examined import Examined

MEGABYTE: Final = 1_000_000
LEAST_FREE: Final = 200 * MEGABYTE
LITTLE_FREE: Final = 1000 * MEGABYTE
OLDEST_ZONES: Final = 2  # years


def disk(examined: Examined) -> Checked:
    """An upgrade writes a copy of both stores beside them, so as much again must be free."""
    home = examined.settings.home
    free = shutil.disk_usage(home).free
    stores = sum(one.stat().st_size for one in examined.settings.store_files if one is not None and one.is_file())
    said = f"{free // MEGABYTE} MB free; the stores have {stores // MEGABYTE} MB"
    if free < LEAST_FREE + 2 * stores:
        hint = "Make room: where the disk is full nothing people answer can be stored."
        return wrong("disk", f"only {said}", hint)
    if free < LITTLE_FREE + 2 * stores:
        return Checked("disk", "", (warning("disk", f"only {said}", "Make room before it is needed."),))
    return Checked("disk", said)


def swap(_examined: Examined, *, proc: Path = Path("/proc"), sys_folder: Path = Path("/sys")) -> Checked:
    """Swap carries memory to the disk: the server's keys, answers of this minute. It must be encrypted or absent."""
    try:
        lines = (proc / "swaps").read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return Checked("swap", "not known on this system")
    used = [Path(line.split()[0]) for line in lines if line.strip()]
    bare = [path for path in used if not _keeps_memory_closed(path, sys_folder)]
    hint = (
        "Switch it off (swapoff, /etc/fstab) or encrypt it. MemorySwapMax=0 in the service keeps the bot's memory out "
        "of it, but not that of other commands."
    )
    problems = tuple(warning("swap", f"{path} is not known to be encrypted", hint) for path in bare)
    return Checked("swap", "" if bare else ("encrypted, or in memory" if used else "none"), problems)


def _keeps_memory_closed(path: Path, sys_folder: Path) -> bool:
    name = path.resolve().name if path.is_symlink() else path.name
    if name.startswith("zram"):
        return True
    try:
        return (sys_folder / "block" / name / "dm" / "uuid").read_text(encoding="utf-8").startswith("CRYPT-")
    except OSError:
        return False


def core_dumps(_examined: Examined) -> Checked:
    """Every command that opens the server's keys switches them off; whether that works here is tried on this one."""
    hint = "Forbid them for the service: LimitCORE=0; and for the machine: kernel.core_pattern=|/bin/false"
    try:
        no_core_dumps()
    except (OSError, ValueError) as why:
        return wrong("core dumps", f"cannot be switched off ({why})", hint)
    if not core_dumps_off():
        return wrong("core dumps", "stay on although they were switched off", hint)
    return Checked("core dumps", "switched off for this program")


def zones(examined: Examined, *, year: int) -> Checked:
    """Wrong zone data sends messages at night."""
    problems = list(_missing_zones(examined))
    known = zone_data()
    if known is None:
        problems.append(warning("time zones", "of unknown age", "Install the system's tzdata package."))
    elif known[0] + OLDEST_ZONES < year:
        hint = "Update the system's tzdata package, or install the program's newest packages."
        problems.append(warning("time zones", f"the data is of {known[0]} ({known[1]})", hint))
    return Checked("time zones", f"data of {known[1]}" if known and not problems else "", tuple(problems))


def _missing_zones(examined: Examined) -> Iterator[Problem]:
    countries = examined.script.study.countries.values() if examined.script else ()
    for zone in sorted({zone for listed in countries for zone in listed}):
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            hint = "Install the system's tzdata package, or the program's packages anew."
            yield error("time zones", f"there is no zone {zone}", hint)


def zone_data() -> tuple[int, str] | None:
    """Year and name of the zone data in use: the system's where it has one, as Python looks for it."""
    for folder in zoneinfo.TZPATH:
        if (Path(folder) / "UTC").is_file():
            return _system_zones(Path(folder))
    try:
        name = version("tzdata")
    except PackageNotFoundError:
        return None
    return int(name.split(".")[0]), f"{name}, the package's"


def _system_zones(folder: Path) -> tuple[int, str] | None:
    try:
        with (folder / "tzdata.zi").open(encoding="utf-8") as zi:
            name = zi.readline().removeprefix("# version ").strip()
        return int(name[:4]), f"{name}, the system's"
    except (OSError, ValueError):
        return None


def account(examined: Examined) -> Checked:
    """Commands run as another user than the bot's would leave files that it cannot open."""
    if sys.platform == "win32":
        return Checked("account", "not known on this system")
    owner, me = examined.settings.home.stat().st_uid, os.geteuid()
    if owner != me:
        hint = "Run the server's commands as the bot's user: sudo -u cora …"
        return wrong("account", f"CORA_HOME belongs to user {owner}, this is {me}", hint)
    return Checked("account", f"user {me}, who owns CORA_HOME")
