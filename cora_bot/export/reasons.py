"""Every reason and outcome the server writes down, in plain English. The one table; a test finds what is missing in it.

An occasion's reason says why it ended as it did or, while it is not over, why it was held back last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cora_bot.export import contacts

OCCASIONS: Final[Mapping[str, str]] = {
    "late": "its window closed before anything could be sent",
    "missed": "its moment had passed, and its wave wants none that comes late",
    "merged": "a later occasion of the same wave stands for it",
    "outage": "the person's place was cut off",
    "paused": "the person had asked for a break",
    "wrong_person": "somebody said the message was not for them; nothing is sent for some weeks",
    "blocked": "the person had blocked the bot",
    "another_open": "another occasion was open: one thing at a time",
    "chat_in_use": "somebody else who shares the chat had something open",
    "unreachable": "the person had no chat any more",
    "stopped": "the person wanted no more messages",
    "not_opened": "its window closed and nobody had opened it",
    "put_away": "it was put away with 'not now' and not opened before its window closed",
    "not_finished": "it was begun and not finished in time",
    "left": "the person stopped answering",
    "staff_entry": "staff entered an interview about it; what had been begun in the chat was kept as partial",
    "not_going": "the person does not travel",
    "moved": "the day of return was corrected, and it fell away",
    "no_consent": "the person took back the consent it was asked under",
    "restored": "the server was put back from a backup; what had come meanwhile is lost",
    "replanned": "the person's days changed, and it fell away",
}

VISITS: Final[Mapping[str, str]] = {
    "called_off": "the team had to call the meeting off",
    "not_chosen": "no time was chosen until the deadline",
}

REFUSALS: Final[Mapping[str, str]] = {
    "message_gone": "the message to be changed is not there any more",
    "not_editable": "Telegram does not let this message be changed any more",
    "not_deletable": "Telegram does not let this message be deleted any more",
    "too_long": "the text was too long for Telegram",
    "empty": "the text was empty",
    "no_file": "the sound or picture was not in the study's folder any more",
    "button_data": "a button was not as Telegram wants it",
}

SENTENCES: Final[Mapping[str, str]] = {**contacts.OUTCOMES, **REFUSALS, **VISITS, **OCCASIONS}


def of_occasion(reason: str) -> str:
    """What an occasion's reason means; what this program does not know stays as it is."""
    return SENTENCES.get(reason, reason) if reason else ""


def of_message(outcome: str) -> str:
    """What a message's outcome means. Of codes both have, an occasion's sentence would say too much."""
    if not outcome:
        return ""
    if outcome.startswith("status_"):
        return f"Telegram answered with error {outcome.removeprefix('status_')}"
    return contacts.OUTCOMES.get(outcome) or SENTENCES.get(outcome, outcome)
