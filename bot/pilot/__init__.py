"""A Telegram of one's own, on this machine: Bot API emulator, phones, the page. For demonstrations and tests."""

from __future__ import annotations

from bot.pilot.api.call import ApiError
from bot.pilot.faults import Fault, Faults, Kind
from bot.pilot.limits import Limits, Pace
from bot.pilot.person import Bubble, Notification, Person, PhoneError, Toast
from bot.pilot.pilot import Banner, Opened, Pilot, Table
from bot.pilot.server import Emulator
from bot.pilot.world import DEMO_TOKEN, World

__all__ = [
    "DEMO_TOKEN",
    "ApiError",
    "Banner",
    "Bubble",
    "Emulator",
    "Fault",
    "Faults",
    "Kind",
    "Limits",
    "Notification",
    "Opened",
    "Pace",
    "Person",
    "PhoneError",
    "Pilot",
    "Table",
    "Toast",
    "World",
]
