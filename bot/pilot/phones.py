"""People over HTTP: what ``Person`` can do and see, as JSON under /pilot/phones, for the page and for crowds.

Rules: every action is a POST with a JSON object and answers with the phone's state; what a phone cannot do now is
409 with the reason. GET with ``after`` and ``wait`` (real seconds) returns once the phone's revision is past ``after``.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable

from aiohttp import web

from bot.pilot.attachments import Content
from bot.pilot.markup import Rows
from bot.pilot.person import Bubble, Person, PhoneError
from bot.pilot.text import Json
from bot.pilot.world import World

MAX_WAIT = 50.0


def _text(given: Json, name: str) -> str:
    value = given.get(name, "")
    return value if isinstance(value, str) else ""


def _number(given: Json, name: str) -> int:
    value = given.get(name, 0)
    if not isinstance(value, int):
        raise PhoneError(f"{name} must be a whole number")
    return value


def _content(given: Json) -> Content | None:
    """A file in base64, with its name and type; None: something small of the emulator's own."""
    if not _text(given, "content"):
        return None
    try:
        data = base64.b64decode(_text(given, "content"), validate=True)
    except ValueError:
        raise PhoneError("the content is not base64") from None
    return Content(data, _text(given, "name"), _text(given, "type"))


def _press(person: Person, given: Json) -> object:
    on = _number(given, "message_id") or None
    button = given.get("index", given.get("label"))
    if not isinstance(button, int | str):
        raise PhoneError("a press needs a label or an index")
    return person.press(button, on=on)


def _network(person: Person, given: Json) -> object:
    if given.get("off"):
        person.network_off()
    else:
        person.network_on()
    return None


def _settings(person: Person, given: Json) -> object:
    person.zone = _text(given, "zone") or person.zone
    person.speak(_text(given, "language_code") or person.user.language_code)
    return None


ACTIONS: dict[str, Callable[[Person, Json], object]] = {
    "start": lambda person, given: person.start(_text(given, "token")),
    "type": lambda person, given: person.type(_text(given, "text"), reply_to=_number(given, "reply_to")),
    "press": _press,
    "press_old": lambda person, given: person.press_old(_number(given, "message_id"), _text(given, "held")),
    "press_key": lambda person, given: person.press_key(_text(given, "label")),
    "edit": lambda person, given: person.edit(_number(given, "message_id"), _text(given, "text")),
    "delete": lambda person, given: person.delete(_number(given, "message_id")),
    "send": lambda person, given: person.send(
        _text(given, "kind"), caption=_text(given, "caption"), content=_content(given)
    ),
    "forward": lambda person, given: person.forward(_text(given, "text")),
    "block": lambda person, _given: person.block(),
    "unblock": lambda person, _given: person.unblock(),
    "deactivate": lambda person, _given: person.deactivate(),
    "network": _network,
    "look": lambda person, _given: person.look(),
    "lock": lambda person, _given: person.lock(),
    "settings": _settings,
}


def _rows(rows: Rows) -> list[list[Json]]:
    numbers = iter(range(1000))
    return [
        [{"text": one.text, "url": one.url, "held": one.callback_data, "index": next(numbers)} for one in row]
        for row in rows
    ]


def _bubble(bubble: Bubble) -> Json:
    kept = {field.name: getattr(bubble, field.name) for field in dataclasses.fields(bubble)}
    return kept | {"buttons": _rows(bubble.buttons), "entities": list(bubble.entities)}


def phone_json(world: World, person: Person) -> Json:
    """Everything a phone shows."""
    language = person.user.language_code.split("-")[0]
    profile, keyboard = world.profile, person.chat.reply_keyboard
    toast = person.toasts[-1] if person.toasts else None
    return {
        "id": person.id,
        "name": person.user.first_name,
        "language_code": person.user.language_code,
        "zone": person.zone,
        "revision": person.bell.revision,
        "now": world.clock.now().isoformat(),
        "offline": person.offline,
        "blocked": person.chat.blocked,
        "deactivated": person.chat.deactivated,
        "started": person.chat.started,
        "looking": person.looking,
        "action": "" if person.offline else person.chat.action,
        "bot": {
            "name": profile.names.get(language) or profile.names.get("") or world.bot.first_name,
            "description": profile.descriptions.get(language) or profile.descriptions.get("", ""),
        },
        "commands": _commands(world, language),
        "unsent": list(person.unsent),
        "screen": [_bubble(bubble) for bubble in person.screen],
        "keyboard": _rows(keyboard.rows) if keyboard else [],
        "lock_screen": [
            {
                "message_id": one.message_id,
                "title": one.title,
                "text": one.text,
                "silent": one.silent,
                "at": one.at.isoformat(),
            }
            for one in person.lock_screen()
        ],
        "notifications": len(person.notifications),
        "toast": toast and {"text": toast.text, "alert": toast.alert, "query_id": toast.query_id},
    }


def phones_json(world: World) -> list[Json]:
    """All phones, with the number of notifications on each lock screen."""
    people = world.people.values()
    return [{"id": one.id, "name": one.user.first_name, "unread": len(one.lock_screen())} for one in people]


def _commands(world: World, language: str) -> list[Json]:
    """The menu's commands: the private chats' list, else the default one; the language's own, else without one."""
    for scope in ('{"type": "all_private_chats"}', '{"type": "default"}'):
        for code in (language, ""):
            found = world.profile.commands.get((scope, code))
            if found:
                return found
    return []


class Phones:
    """The routes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/pilot/phones", self.all),
            web.post("/pilot/phones", self.make),
            web.get("/pilot/phones/{id}", self.one),
            web.post("/pilot/phones/{id}/{action}", self.act),
        ]

    async def all(self, _request: web.Request) -> web.Response:
        return web.json_response(phones_json(self._world))

    async def make(self, request: web.Request) -> web.Response:
        given = await read_object(request)
        language, zone = _text(given, "language_code") or "en", _text(given, "zone") or "UTC"
        person = self._world.person(_text(given, "name"), language_code=language, zone=zone)
        return web.json_response(phone_json(self._world, person), status=201)

    async def one(self, request: web.Request) -> web.Response:
        person = self.find(request.match_info["id"])
        if "after" in request.query:
            try:
                after, seconds = int(request.query["after"]), float(request.query.get("wait", "0"))
            except ValueError:
                raise web.HTTPBadRequest(text="after and wait: numbers, please") from None
            await person.bell.wait(after=after, seconds=min(seconds, MAX_WAIT))
        return web.json_response(phone_json(self._world, person))

    async def act(self, request: web.Request) -> web.Response:
        person = self.find(request.match_info["id"])
        action = ACTIONS.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound(text=f"no such action; there are {', '.join(ACTIONS)}")
        try:
            done = action(person, await read_object(request))
        except PhoneError as error:
            return web.json_response({"error": str(error)}, status=409)
        return web.json_response(phone_json(self._world, person) | {"done": done})

    def find(self, text: str) -> Person:
        person = self._world.people.get(int(text)) if text.isdigit() else None
        if person is None:
            raise web.HTTPNotFound(text="no such phone")
        return person


async def read_object(request: web.Request) -> Json:
    """A JSON object; an empty body counts as an empty one. Other content types are refused (no forged forms)."""
    if not request.can_read_body:
        return {}
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="application/json, please")
    try:
        given = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="that is not JSON") from None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="a JSON object, please")
    return given
