"""The methods that write into chats: send, edit, delete, answer a press.

Rules: a refusal changes nothing. Only new messages notify. Only new messages spend the sending limits; whether edits
do at Telegram is not documented.
"""

from __future__ import annotations

from bot.pilot.api.call import Parameters, find_chat, flood, refuse
from bot.pilot.markup import Inline, Markup, parse_markup
from bot.pilot.messages import Chat, ChatKind, Message, message_json
from bot.pilot.text import Json, MarkupError, parse
from bot.pilot.world import World

DELETE_WITHIN = 48 * 3600
MAX_DELETED_AT_ONCE = 100
MAX_TOAST = 200
ACTIONS = frozenset({"typing", "choose_sticker", "find_location", "upload_document", "upload_photo"}) | frozenset(
    f"{verb}_{thing}" for verb in ("record", "upload") for thing in ("video", "voice", "video_note")
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def send_message(world: World, call: Parameters) -> Json:
    text, entities = _text(call)
    markup = _markup(call)
    chat = find_chat(world, call, writing=True)
    answered = _answered(chat, call)
    wait = world.limits.refuse(chat.id, paid=call.flag("allow_paid_broadcast"))
    if wait:
        raise flood(wait)
    message = Message(
        0,
        world.bot,
        world.now(),
        text,
        entities=entities,
        markup=markup,
        silent=call.flag("disable_notification"),
        protected=call.flag("protect_content"),
        reply_to=answered,
    )
    return message_json(chat, world.post(chat, message))


def edit_message_text(world: World, call: Parameters) -> Json:
    text, entities = _text(call)
    chat, message = _editable(world, call)
    return _change(world, chat, message, text=text, entities=entities, markup=_inline(call))


def edit_message_reply_markup(world: World, call: Parameters) -> Json:
    chat, message = _editable(world, call)
    return _change(world, chat, message, text=message.text, entities=message.entities, markup=_inline(call))


def delete_message(world: World, call: Parameters) -> bool:
    chat = find_chat(world, call, writing=False)
    if not call.has("message_id"):
        refuse("message identifier is not specified")
    message = chat.find(call.integer("message_id"))
    if message is None:
        refuse("message to delete not found")
    _may_delete(world, chat, message)
    world.delete(chat, message)
    return True


def delete_messages(world: World, call: Parameters) -> bool:
    """Unknown ids are skipped; one that may not be deleted stops all."""
    chat = find_chat(world, call, writing=False)
    given = call.json("message_ids")
    if not isinstance(given, list) or not given:
        refuse("message identifiers are not specified")
    if len(given) > MAX_DELETED_AT_ONCE:
        refuse("too many message identifiers specified")
    found = [message for one in given if isinstance(one, int) and (message := chat.find(one)) is not None]
    for message in found:
        _may_delete(world, chat, message)
    for message in found:
        world.delete(chat, message)
    return True


def answer_callback_query(world: World, call: Parameters) -> bool:
    callback = world.callbacks.get(call.text("callback_query_id"))
    if callback is None or callback.expires <= world.clock.now().timestamp():
        refuse("query is too old and response timeout expired or query ID is invalid")
    text = call.text("text")
    if len(text) > MAX_TOAST:
        refuse("MESSAGE_TOO_LONG")
    callback.person.toast(callback.query_id, text, alert=call.flag("show_alert"))
    return True


def send_chat_action(world: World, call: Parameters) -> bool:
    chat = find_chat(world, call, writing=True)
    if call.text("action") not in ACTIONS:
        refuse("wrong parameter action in request")
    chat.action = call.text("action")
    world.changed(chat)
    return True


def _text(call: Parameters) -> tuple[str, list[Json]]:
    if not call.text("text"):
        refuse("message text is empty")
    try:
        return parse(call.text("text"), call.text("parse_mode"), call.objects("entities"))
    except MarkupError as error:
        refuse(str(error))


def _markup(call: Parameters) -> Markup | None:
    try:
        return parse_markup(call.given.get("reply_markup"))
    except MarkupError as error:
        refuse(str(error))


def _inline(call: Parameters) -> Inline | None:
    markup = _markup(call)
    if markup is not None and not isinstance(markup, Inline):
        refuse("inline keyboard expected")
    return markup


def _answered(chat: Chat, call: Parameters) -> int:
    """The message replied to, 0 for none."""
    asked = call.json("reply_parameters")
    wanted = asked.get("message_id", 0) if isinstance(asked, dict) else call.integer("reply_to_message_id")
    lenient = bool(asked.get("allow_sending_without_reply")) if isinstance(asked, dict) else False
    if not isinstance(wanted, int) or not wanted:
        return 0
    if chat.find(wanted) is None:
        if lenient or call.flag("allow_sending_without_reply"):
            return 0
        refuse("message to be replied not found")
    return wanted


def _editable(world: World, call: Parameters) -> tuple[Chat, Message]:
    chat = find_chat(world, call, writing=True)
    if not call.has("message_id"):
        refuse("message identifier is not specified")
    message = chat.find(call.integer("message_id"))
    if message is None:
        refuse("message to edit not found")
    if not message.from_bot:
        refuse("message can't be edited")
    return chat, message


def _change(
    world: World, chat: Chat, message: Message, *, text: str, entities: list[Json], markup: Inline | None
) -> Json:
    if (message.text, message.entities, message.inline) == (text, entities, markup):
        refuse(NOT_MODIFIED)
    world.change(chat, message, text=text, entities=entities, markup=markup)
    return message_json(chat, message)


def _may_delete(world: World, chat: Chat, message: Message) -> None:
    if not message.from_bot and chat.kind is not ChatKind.PRIVATE:
        refuse("message can't be deleted")
    if world.now() - message.date >= DELETE_WITHIN:
        refuse("message can't be deleted for everyone")
