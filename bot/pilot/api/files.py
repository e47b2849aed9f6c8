"""getFile, and the download behind it; what is sent that is no text: files and places."""

from __future__ import annotations

from aiohttp import web

from bot.pilot.api.call import Parameters, find_chat, flood, refuse
from bot.pilot.attachments import VOICE_MESSAGE, spot
from bot.pilot.files import MOST_DOWNLOAD
from bot.pilot.messages import Chat, Message, message_json
from bot.pilot.text import Json
from bot.pilot.world import World


def get_file(world: World, call: Parameters) -> Json:
    if not call.has("file_id"):
        refuse("invalid file_id")
    found = world.files.find(call.text("file_id"))
    if found is None:
        refuse("wrong file_id or the file is temporarily unavailable")
    if len(found.content) > MOST_DOWNLOAD:
        refuse("file is too big")
    given = call.text("file_id")
    return {
        "file_id": given,
        "file_unique_id": given[5:17],
        "file_size": len(found.content),
        "file_path": found.path,
    }


def send_audio(world: World, call: Parameters) -> Json:
    return _sent(world, call, "audio", call.text("title"))


def send_photo(world: World, call: Parameters) -> Json:
    return _sent(world, call, "photo", call.text("caption"))


def send_video(world: World, call: Parameters) -> Json:
    return _sent(world, call, "video", call.text("caption"))


def send_voice(world: World, call: Parameters) -> Json:
    return _sent(world, call, "voice", call.text("caption") or VOICE_MESSAGE)


def _sent(world: World, call: Parameters, kind: str, shown: str) -> Json:
    """A file sent up, or one that is known by its id."""
    given = call.given.get(kind)
    chat = find_chat(world, call, writing=True)
    if isinstance(given, bytes) and given:
        file = world.files.keep(given, f"{kind}s")
    else:
        found = world.files.find(call.text(kind))
        if found is None:
            refuse("wrong file identifier/HTTP URL specified")
        file = {"file_id": call.text(kind), "file_unique_id": call.text(kind)[5:17], "file_size": len(found.content)}
    extra: Json = {kind: [file] if kind == "photo" else file | {"duration": 4}}
    return _posted(world, call, chat, Message(0, world.bot, world.now(), shown, kind=kind, extra=extra))


def send_location(world: World, call: Parameters) -> Json:
    """A pin on a map; the phone shows no word with it."""
    chat = find_chat(world, call, writing=True)
    place = [_degrees(call, name, most) for name, most in (("latitude", 90), ("longitude", 180))]
    extra = spot(place[0], place[1])
    return _posted(world, call, chat, Message(0, world.bot, world.now(), "Location", kind="location", extra=extra))


def _degrees(call: Parameters, name: str, most: int) -> float:
    try:
        found = float(call.text(name))
    except ValueError:
        refuse(f"can't parse {name}")
    if not -most <= found <= most:
        refuse("invalid location")
    return found


def _posted(world: World, call: Parameters, chat: Chat, message: Message) -> Json:
    wait = world.limits.refuse(chat.id)
    if wait:
        raise flood(wait)
    message.silent, message.protected = call.flag("disable_notification"), call.flag("protect_content")
    return message_json(chat, world.post(chat, message))


class Downloads:
    """Answers ``/file/bot<TOKEN>/<path>``."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, request: web.Request) -> web.Response:
        found = self._world.files.at(request.match_info["path"])
        if request.match_info["token"] != self._world.token or found is None:
            raise web.HTTPNotFound(text='{"ok":false,"error_code":404,"description":"Not Found"}')
        return web.Response(body=found.content, content_type="application/octet-stream")
