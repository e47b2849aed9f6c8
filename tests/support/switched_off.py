"""What the promises rest on, each switched off: a proof that looks for the right thing is seen to fail without it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from cora_bot.store.database import Tx
from cora_bot.store.outbox_changes import Again
from cora_bot.usecases import settling


def forgetful(patch: pytest.MonkeyPatch) -> None:
    """What was handled is not remembered."""

    async def all_new(_tx: Tx, hashes: Sequence[bytes], _now: datetime) -> set[bytes]:
        return set(hashes)

    patch.setattr("cora_bot.store.updates.claim", all_new)


def repeating(patch: pytest.MonkeyPatch) -> None:
    """What may have arrived is sent again, asked for or not."""

    def again(settlement: settling._Settlement, row: settling.Waiting, reason: str) -> None:
        settlement.changes.append(Again(row.id, settlement.now, doubts=0, fresh=row.fresh, outcome=reason))

    patch.setattr(settling, "_doubtful", again)


def untidy(patch: pytest.MonkeyPatch) -> None:
    """What people wrote is left in their chats."""

    async def nothing(*_: object) -> None:
        return None

    patch.setattr("cora_bot.store.removals.owe", nothing)


def careless(patch: pytest.MonkeyPatch) -> None:
    """What was in flight when a process ended is not looked for."""

    async def nothing(_tx: Tx) -> list[object]:
        return []

    patch.setattr("cora_bot.store.outbox.sending", nothing)


def oblivious(patch: pytest.MonkeyPatch) -> None:
    """What a process had taken in when it ended is not looked for."""

    async def nothing(*_: object) -> list[object]:
        return []

    patch.setattr("cora_bot.store.taken_in.until", nothing)


def deaf(patch: pytest.MonkeyPatch) -> None:
    """What was planned and queued before "no more messages" is not looked at again when it is sent."""

    async def unjudged(*_: object, **__: object) -> dict[int, object]:
        return {}

    async def kept(*_: object, **__: object) -> set[bytes]:
        return set()

    patch.setattr("cora_bot.usecases.deliver.judge", unjudged)
    patch.setattr("cora_bot.store.outbox.supersede", kept)


def unfenced(patch: pytest.MonkeyPatch) -> None:
    """A sender whose place another one has taken is not refused."""

    async def let(*_: object) -> None:
        return None

    patch.setattr("cora_bot.store.leases.hold", let)
