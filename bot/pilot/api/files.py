"""getFile, and the download behind it."""

from __future__ import annotations

from aiohttp import web

from bot.pilot.api.call import Parameters, refuse
from bot.pilot.files import MOST_DOWNLOAD
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


class Downloads:
    """Answers ``/file/bot<TOKEN>/<path>``."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle(self, request: web.Request) -> web.Response:
        found = self._world.files.at(request.match_info["path"])
        if request.match_info["token"] != self._world.token or found is None:
            raise web.HTTPNotFound(text='{"ok":false,"error_code":404,"description":"Not Found"}')
        return web.Response(body=found.content, content_type="application/octet-stream")
