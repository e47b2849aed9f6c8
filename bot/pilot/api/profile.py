"""What the bot says about itself: name, descriptions, commands, menu button.

Rules: each is kept per language code, "" being the default that other languages fall back to. Telegram's words for
texts that are too long are not documented; the codes here are MTProto's.
"""

from __future__ import annotations

import json
import re

from bot.pilot.api.call import Parameters, refuse
from bot.pilot.text import Json
from bot.pilot.world import World

MAX_NAME, MAX_DESCRIPTION, MAX_SHORT_DESCRIPTION, MAX_COMMANDS, MAX_COMMAND_TEXT = 64, 512, 120, 100, 256
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")


def get_me(world: World, _call: Parameters) -> Json:
    return world.bot.as_json() | {
        "first_name": world.profile.names.get("", world.bot.first_name),
        "can_join_groups": world.profile.joins_groups,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_name(world: World, call: Parameters) -> bool:
    return _set(world, call, field="name", most=MAX_NAME, texts=world.profile.names)


def get_my_name(world: World, call: Parameters) -> Json:
    return {"name": _get(call, world.profile.names) or world.bot.first_name}


def set_my_description(world: World, call: Parameters) -> bool:
    return _set(world, call, field="description", most=MAX_DESCRIPTION, texts=world.profile.descriptions)


def get_my_description(world: World, call: Parameters) -> Json:
    return {"description": _get(call, world.profile.descriptions)}


def set_my_short_description(world: World, call: Parameters) -> bool:
    texts = world.profile.short_descriptions
    return _set(world, call, field="short_description", most=MAX_SHORT_DESCRIPTION, texts=texts)


def get_my_short_description(world: World, call: Parameters) -> Json:
    return {"short_description": _get(call, world.profile.short_descriptions)}


def set_my_commands(world: World, call: Parameters) -> bool:
    given = call.objects("commands")
    if len(given) > MAX_COMMANDS:
        refuse("BOT_COMMANDS_TOO_MUCH")
    kept: list[Json] = []
    for one in given:
        name, text = str(one.get("command", "")).lower().removeprefix("/"), str(one.get("description", ""))
        if not _COMMAND.fullmatch(name):
            refuse("BOT_COMMAND_INVALID")
        if not 1 <= len(text) <= MAX_COMMAND_TEXT:
            refuse("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": text})
    world.profile.commands[_scope(call)] = kept
    world.changed()
    return True


def get_my_commands(world: World, call: Parameters) -> list[Json]:
    return world.profile.commands.get(_scope(call), [])


def delete_my_commands(world: World, call: Parameters) -> bool:
    world.profile.commands.pop(_scope(call), None)
    world.changed()
    return True


def set_chat_menu_button(world: World, call: Parameters) -> bool:
    button = call.json("menu_button")
    world.profile.menu_button = button if isinstance(button, dict) else {"type": "default"}
    return True


def get_chat_menu_button(world: World, _call: Parameters) -> Json:
    return world.profile.menu_button


def _language(call: Parameters) -> str:
    code = call.text("language_code")
    if not _LANGUAGE.fullmatch(code):
        refuse("invalid language code specified")
    return code


def _scope(call: Parameters) -> tuple[str, str]:
    scope = call.json("scope")
    named = scope if isinstance(scope, dict) else {"type": "default"}
    return json.dumps(named, sort_keys=True), _language(call)


def _set(world: World, call: Parameters, *, field: str, most: int, texts: dict[str, str]) -> bool:
    text, code = call.text(field), _language(call)
    if len(text) > most:
        refuse(f"BOT_{field.upper()}_INVALID")
    if text:
        texts[code] = text
    else:
        texts.pop(code, None)
    world.changed()
    return True


def _get(call: Parameters, texts: dict[str, str]) -> str:
    return texts.get(_language(call)) or texts.get("", "")
