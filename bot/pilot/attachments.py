"""What a phone can send besides text, as the Bot API words it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.pilot.files import Files
from bot.pilot.messages import User
from bot.pilot.text import Json

Place = tuple[float, float]
KABUL: Place = (34.53, 69.17)
KINDS = ("sticker", "photo", "voice", "audio", "video", "document", "location", "contact")
VOICE_MESSAGE = "Voice message 0:04"
EMPTY_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, and how the phone calls it."""

    data: bytes = EMPTY_PICTURE
    name: str = ""
    type: str = ""


def spot(latitude: float, longitude: float, *, accuracy: float = 0, live: int = 0) -> Json:
    """A place that a phone shares; ``live``: seconds for which it goes on sharing it."""
    given = {"horizontal_accuracy": accuracy, "live_period": live}
    return {"location": {"latitude": latitude, "longitude": longitude} | {k: v for k, v in given.items() if v}}


def attachment(kind: str, user: User, files: Files, content: Content) -> tuple[Json, str]:
    """The JSON that makes a message of this kind, and what the phone shows for it."""
    match kind:
        case "sticker":
            sticker: Json = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
            return {"sticker": files.keep(content.data, "stickers") | sticker | {"emoji": "🙂"}}, "🙂"
        case "photo":
            small, large = files.keep(content.data[:64], "photos"), files.keep(content.data, "photos")
            return {"photo": [small | {"width": 90, "height": 60}, large | {"width": 900, "height": 600}]}, ""
        case "voice":
            file = files.keep(content.data, "voice", mime_type=content.type or "audio/ogg")
            return {"voice": file | {"duration": 4}}, VOICE_MESSAGE
        case "audio" | "video" | "document":
            file = files.keep(content.data, f"{kind}s", file_name=content.name, mime_type=content.type)
            length: Json = {} if kind == "document" else {"duration": 4}
            return {kind: file | length}, content.name or kind
        case "location":
            return spot(*KABUL), "Location"
        case _:
            return {"contact": {"phone_number": "+10000000000", "first_name": user.first_name}}, user.first_name
