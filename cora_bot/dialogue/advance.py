"""One turn: state and input in, Turn out. Pure."""

from __future__ import annotations

from datetime import datetime

from cora_bot.base.chance import Chance
from cora_bot.base.values import replace
from cora_bot.dialogue import spoken
from cora_bot.dialogue.conversation import Conversation
from cora_bot.dialogue.handlers import arriving, housekeeping, knocking, renewing
from cora_bot.dialogue.handlers.visits import ending
from cora_bot.dialogue.inputs import Command, Input, Pressed, Start, Text, Unusable
from cora_bot.dialogue.scene import Scene
from cora_bot.dialogue.script import Script
from cora_bot.dialogue.states import State, handler_for, key_of, state_of
from cora_bot.dialogue.turn import Turn
from cora_bot.dialogue.visits import directions


def advance(conversation: Conversation, event: Input, *, script: Script, now: datetime, chance: Chance) -> Turn:
    """What happens next. Raises nothing a participant can cause."""
    hint = event.hint if isinstance(event, Start | Text | Unusable | Command) else ""
    scene = Scene(conversation, script, now, chance, hint)
    back = conversation.chat.blocked and isinstance(event, Pressed | Start | Text | Unusable | Command)
    scene = _reachable(scene) if back else scene
    turn = _pressed(scene, event) if isinstance(event, Pressed) else _taken(scene, event)
    turn = _resumed(scene, turn) if back else turn
    turn = ending.released(scene, renewing.first(scene, event, turn))
    turn = directions.taken_away(conversation, event, spoken.hushed(conversation, turn))
    return knocking.closing(scene, turn)


def _reachable(scene: Scene) -> Scene:
    """Whoever writes or presses has not blocked the bot (any more)."""
    return scene.with_chat(blocked=False)


def _resumed(scene: Scene, turn: Turn) -> Turn:
    """What waited for this chat is due, also where Telegram has said nothing of it: an account that is there again."""
    if turn.switch is not None or turn.conversation.participant is None:
        return turn
    changed = {(each.wave, each.number) for each in turn.occurrences}
    waited = (each for each in housekeeping.freed(scene) if (each.wave, each.number) not in changed)
    return replace(turn, occurrences=(*turn.occurrences, *waited))


def _taken(scene: Scene, event: Input) -> Turn:
    state = state_of(scene.conversation)
    if isinstance(event, Start | Text) and (coded := arriving.with_code(scene, event)) is not None:
        return coded
    if state is State.STRANGER and isinstance(event, Command):
        event = Text("", event.message)  # a stranger's command is a stranger's message
    turn = _guarded(scene, event)
    known = turn.conversation.participant is not None
    if known and (isinstance(event, Command | Start) or (state is State.STRANGER and isinstance(event, Text))):
        turn = replace(turn, remove=(*turn.remove, event.message))
    return turn


def _guarded(scene: Scene, event: Input) -> Turn:
    """The handler of the state's table, behind what a shared phone asks for first."""
    if knocking.must_knock(scene, event):
        return knocking.knock(scene, event)
    if knocking.lacks_picture(scene, event):
        return knocking.ask_picture(scene, event)
    return handler_for(state_of(scene.conversation), key_of(event))(scene, event)


def _pressed(scene: Scene, event: Pressed) -> Turn:
    """Only buttons of the live card act. Was it delivered twice, the message that was pressed is the live one."""
    card = scene.conversation.chat.card
    if event.press.card != card.generation:
        return housekeeping.stale(scene, event)
    twin = card.message if card.message is not None and card.message != event.message else None
    if card.message != event.message:
        known = replace(card, message=event.message, sent_at=card.sent_at or scene.now)
        chat = replace(scene.conversation.chat, card=known)
        scene = replace(scene, conversation=replace(scene.conversation, chat=chat))
    turn = _guarded(scene, event)
    return replace(turn, stale=twin) if twin is not None and turn.stale is None else turn
