"""The team's answer to one person: kept until it is read, and announced by the neutral sentence."""

from __future__ import annotations

from cora_bot.base.chance import new_id
from cora_bot.base.errors import CoraError
from cora_bot.base.logging import log
from cora_bot.dialogue.advance import advance
from cora_bot.dialogue.conversation import Conversation, Status
from cora_bot.dialogue.inputs import LetterCame
from cora_bot.dialogue.turn import TaskReason
from cora_bot.store import chats, conversations, participants, tasks
from cora_bot.store.apply import Step, apply
from cora_bot.store.audit_log import Noted, Subject
from cora_bot.usecases import audit_log
from cora_bot.usecases.finding import as_code, find
from cora_bot.usecases.house import House
from cora_bot.usecases.sealing import seal_steps

MOST = 2500
"""Characters; with the sentence before it a letter fits into one message in every language."""


async def reply(house: House, code: str, text: str) -> bool:
    """Puts ``text`` before the person; whether the announcement waits for a break of theirs to end.

    Raises CoraError where there is nothing to say or nobody to say it to.
    """
    written = text.strip()
    if not written:
        raise CoraError("the answer is empty", "Write it into the file first.")
    if len(written) > MOST:
        raise CoraError(f"the answer has {len(written)} characters, {MOST} fit", "Shorten it, or send two.")
    who = await find(house, code)
    now = house.clock.now()
    async with house.database.transaction() as tx:
        reached = await participants.chats_of(tx, [who])
        stored = await chats.lock(tx, set(reached.values()))
        about = {chat_id: one for one, chat_id in reached.items()}
        loaded = await conversations.load(
            tx, list(stored.values()), keys=house.keys, keystore=house.keystore, about=about
        )
        before = loaded.conversations.get(reached.get(who, b""))
        person = _reachable(before, code)
        turn = advance(person, LetterCame(written), script=house.script, now=now, chance=house.chance)
        steps, sealed = await seal_steps(house, [Step(person, turn, f"l/{new_id(house.chance).hex()}")], loaded.linked)
        await apply(tx, steps, sealed, keys=house.keys, chance=house.chance, now=now)
        await tasks.close_of(tx, who, TaskReason.MESSAGE, now)
        await audit_log.note(house, tx, Noted("letter_taken", Subject(who, as_code(code))))
    log("letter_taken", announced=turn.show is not None)
    return turn.show is None


def _reachable(before: Conversation | None, code: str) -> Conversation:
    if before is None or before.participant is None:
        raise CoraError(f"{as_code(code)} is reached in no chat", "Make a code for a new phone: cora invite --relink.")
    if before.participant.status is not Status.ACTIVE:
        raise CoraError(f"{as_code(code)} asked for no more messages", "Nothing was kept. Reach them another way.")
    if before.chat.blocked:
        raise CoraError(f"{as_code(code)} has blocked the bot", "Nothing was kept. Reach them another way.")
    return before
