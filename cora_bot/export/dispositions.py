"""What became of each planned occasion: one row per case, wave and number, with a code after AAPOR's definitions.

Codes follow AAPOR, Standard Definitions, as far as they fit a message-based panel: 1.1 complete, 1.2 partial,
2.11 refusal, 2.12 break-off, 2.2 non-contact, 2.3 other, 3.1 unknown whether anybody was there (nothing was sent),
3.11 not attempted (an outage), 4.1 not eligible. What is still under way has no code: it belongs in no response rate
yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cora_bot.export.bundle_facts import OccurrenceFact
from cora_bot.study.model import Step

HEADER = (
    "case",
    "wave",
    "number",
    "opens",
    "closes",
    "disposition",
    "aapor",
    "reason",
    "messages_sent",
    "put_away",
    "opened_at",
    "finished_at",
    "outage_hours",
    "mode",
)
Occasion = tuple[str, str, int]
"""Case code, wave, number."""
AAPOR = {
    "complete": "1.1",
    "partial": "1.2",
    "refused": "2.11",
    "break_off": "2.12",
    "non_contact": "2.2",
    "lapsed": "2.3",
    "not_sent": "3.1",
    "not_attempted": "3.11",
    "not_eligible": "4.1",
    "planned": "",
    "open": "",
    "unknown": "",
}
MEANINGS = {
    "complete": "answered to the end",
    "partial": "opened and answered in part",
    "refused": "put away with 'not now' and never opened, or the person wanted no more messages",
    "break_off": "opened, no answer kept",
    "non_contact": "messages were sent and none was opened, or the chat was blocked or gone",
    "lapsed": "withheld by a rule; see reason",
    "not_sent": "the window closed, or the moment passed, before anything was sent",
    "not_attempted": "the window ended in an outage of the person's place, nothing opened: silence says nothing",
    "not_eligible": "the occasion fell away: the person did not return, the day moved, or no consent to this purpose",
    "planned": "not due yet",
    "open": "under way",
    "unknown": "a step this version does not know; see reason",
}
STOPPED = frozenset({"stopped", "withdrawn"})
INELIGIBLE = frozenset({"not_going", "no_consent", "moved", "replanned"})
UNREACHABLE = frozenset({"blocked", "unreachable"})
TOO_LATE = frozenset({"late", "missed"})
CUT_OFF = frozenset({"outage"})


def disposition(fact: OccurrenceFact) -> str:
    """The outcome of one occasion, a key of ``AAPOR``."""
    if fact.step in {Step.COMPLETE, Step.PARTIAL, Step.PLANNED}:
        return fact.step
    if fact.step in {Step.INVITED, Step.OPENED}:
        return "open"
    if fact.step not in {Step.EXPIRED, Step.LAPSED, Step.CANCELLED}:
        return "unknown"
    if fact.reason in INELIGIBLE:
        return "not_eligible"
    if fact.reason in STOPPED:
        return "refused"
    if fact.opened_at:
        return "break_off"
    return _never_opened(fact)


def _never_opened(fact: OccurrenceFact) -> str:
    if fact.put_away:
        return "refused"
    if fact.reason in CUT_OFF:
        return "not_attempted"
    if fact.sent or fact.reason in UNREACHABLE:
        return "non_contact"
    return "not_sent" if fact.step == Step.EXPIRED or fact.reason in TOO_LATE else "lapsed"


def rows(facts: Iterable[OccurrenceFact], modes: Mapping[Occasion, str]) -> Iterator[Sequence[str]]:
    """``dispositions.csv``, by case, wave and number. ``modes``: how what was answered on an occasion was given.

    The server's own table does not say it: the mode lies inside the seal.
    """
    yield HEADER
    for fact in sorted(facts, key=lambda one: (one.code, one.opens, one.wave, one.number)):
        outcome = disposition(fact)
        yield (
            fact.code,
            fact.wave,
            str(fact.number),
            fact.opens,
            fact.closes,
            outcome,
            AAPOR[outcome],
            fact.reason or (fact.step if outcome == "unknown" else ""),
            str(fact.sent),
            str(fact.put_away),
            fact.opened_at,
            fact.finished_at,
            str(fact.outage_hours),
            modes.get((fact.code, fact.wave, fact.number), ""),
        )
