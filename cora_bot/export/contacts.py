"""The contact ledger: every message that was to be sent unasked, why, and what became of it. Never what it said.

Replies to something a person did are no part of it. ``MEANINGS`` is the vocabulary; an outcome that is not in it is
Telegram's refusal (``status_400``) or newer than this program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cora_bot.dialogue.contact_reasons import INVITATION, LETTER, REMINDER, of_visit
from cora_bot.export.bundle_facts import ContactFact
from cora_bot.study.visits.visit import News

HEADER: Final = ("case", "wave", "number", "reason", "state", "outcome", "created_at", "finished_at")

VISITS: Final[Mapping[News, str]] = {
    News.OFFER: "a visit is offered",
    News.OFFER_AGAIN: "the offer once more, before its deadline",
    News.WEEK: "a meeting is a week away",
    News.DAY: "a meeting is tomorrow",
    News.HOURS: "a meeting is two hours away",
    News.AFTER: "the day after a meeting: did you meet?",
    News.FREED: "a time is free, to somebody who waits for one",
    News.MOVED: "the team booked a time, or moved it",
    News.CANCELLED: "the team called a meeting off",
    News.MISSED: "the team says that a meeting was missed",
}
"""What the neutral sentence was about: it never says so itself."""
REASONS: Final[Mapping[str, str]] = {
    INVITATION: "the first message of an occasion",
    REMINDER: "a later message of the same occasion, also to somebody who had begun",
    LETTER: "the neutral sentence that an answer of the team waits",
    **{of_visit(news): f"the neutral sentence about a visit: {about}" for news, about in VISITS.items()},
}
STATES: Final[Mapping[str, str]] = {
    "pending": "waits to be sent",
    "sending": "was being sent when the bundle was made",
    "sent": "Telegram took it (Telegram does not say whether it was read)",
    "uncertain": "perhaps sent: no answer came; never repeated",
    "lapsed": "judged again at the moment of sending and withheld",
    "superseded": "overtaken by a newer message before it was sent",
    "failed": "refused for good",
}
OUTCOMES: Final[Mapping[str, str]] = {
    "": "nothing to add to the state",
    "superseded": "a newer message took its place",
    "gone": "the person is no longer in the study's books",
    "stopped": "the person wanted no more messages",
    "paused": "the person had asked for a break",
    "wrong_person": "somebody else seems to have the phone: “not for me” was pressed",
    "blocked": "the person had blocked the bot, or did so now",
    "late": "the occasion's window had closed",
    "answered": "the answers had come meanwhile",
    "no_longer_due": "the occasion had ended or moved",
    "outage": "held back by an outage of the person's place (pending), or until the window closed (lapsed)",
    "quiet_hours": "held back by quiet hours (pending), or until the window closed (lapsed)",
    "unreachable": "another message showed that the chat cannot be reached",
    "deactivated": "the account does not exist any more",
    "not_started": "the chat with the bot was removed",
    "chat_not_found": "Telegram does not know the chat",
    "migrated": "the chat became another one",
    "forbidden": "Telegram does not let the bot write there, and does not say why",
    "no_answer": "Telegram did not answer",
    "process_ended": "the program ended while it was being sent",
    "restored": "the server was put back from a backup made before; it may have been sent",
    "not_sent": "the network was away; it is tried again",
    "too_many": "Telegram asked to wait; it is sent later",
    "conflict": "another program used the bot's token; it is tried again",
    "token_refused": "Telegram refused the bot's token; it is tried again",
    "stopping": "the program was being stopped; it is sent later",
    "pace": "its chat had to wait for Telegram; what was written there is removed later",
    "not_leading": "another process had taken over the sending; it is sent later",
    "claim_in_doubt": "the server's database failed when it was about to be sent; it is sent later",
    "unreadable": "the server could not read its own entry",
    "internal": "a fault of the program; see the server's log",
}


def rows(facts: Iterable[ContactFact]) -> Iterator[Sequence[str]]:
    """``contacts.csv``, by case and time. The wave behind a reason's colon stands in its own column."""
    yield HEADER
    for fact in sorted(facts, key=_order):
        yield (
            fact.code,
            fact.wave,
            fact.number,
            fact.reason.removesuffix(f":{fact.wave}") if fact.wave else fact.reason,
            fact.state,
            fact.outcome,
            fact.created_at,
            fact.finished_at,
        )


def _order(fact: ContactFact) -> tuple[str, ...]:
    return fact.code, fact.created_at, fact.wave, fact.number, fact.reason, fact.state, fact.outcome, fact.finished_at
