"""What a phone can send besides text, as the Bot API words it. No file stands behind it: nothing can be downloaded."""

from __future__ import annotations

from bot.pilot.messages import User
from bot.pilot.text import Json

KINDS = ("sticker", "photo", "voice", "location", "contact")


def spot(latitude: float, longitude: float, *, accuracy: float = 0, live: int = 0) -> Json:
    """A place that a phone shares; ``live``: seconds for which it goes on sharing it."""
    given = {"horizontal_accuracy": accuracy, "live_period": live}
    return {"location": {"latitude": latitude, "longitude": longitude} | {k: v for k, v in given.items() if v}}


def attachment(kind: str, user: User, now: int) -> tuple[Json, str]:
    """The JSON that makes a message of this kind, and what the phone shows for it."""
    file: Json = {"file_id": f"file-{kind}-{user.id}-{now}", "file_unique_id": f"{kind}-{now}", "file_size": 4096}
    match kind:
        case "sticker":
            sticker: Json = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
            return {"sticker": file | sticker | {"emoji": "🙂"}}, "🙂"
        case "photo":
            return {"photo": [file | {"width": 90, "height": 60}, file | {"width": 900, "height": 600}]}, ""
        case "voice":
            return {"voice": file | {"duration": 4, "mime_type": "audio/ogg"}}, "Voice message 0:04"
        case "location":
            return spot(34.53, 69.17), "Location"
        case _:
            return {"contact": {"phone_number": "+10000000000", "first_name": user.first_name}}, user.first_name
