"""Sends sounds, pictures and films of the study's and of places: sent up once, from then on by Telegram's id."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from bot.api import Answer, Api
from cora_bot.usecases.exchange import SendFile

METHODS = {
    "audio": ("sendAudio", "audio"),
    "image": ("sendPhoto", "photo"),
    "video": ("sendVideo", "video"),
    "voice": ("sendVoice", "voice"),
}


class _File(msgspec.Struct):
    file_id: str


class _Message(msgspec.Struct):
    audio: _File | None = None
    video: _File | None = None
    voice: _File | None = None
    photo: list[_File] | None = None


_MESSAGE = msgspec.json.Decoder(_Message)


async def send_file(api: Api, call: SendFile, address: int) -> Answer:
    """Raises as ``Api.call`` does. The file's own name stays here: it may say what it is about."""
    method, field = METHODS[call.sort]
    said: dict[str, object] = {"chat_id": address, "disable_notification": True, "protect_content": True}
    # A player shows the title of a sound; pictures and films have a caption instead.
    said |= {"title": call.title, "performer": " "} if call.sort == "audio" else {"caption": call.title}
    if call.known:
        return await api.call(method, said | {field: call.known})
    content = call.content if call.stored else await asyncio.to_thread(Path(call.path).read_bytes)
    return await api.upload(method, said, field=field, name=f"1{Path(call.path).suffix.lower()}", content=content)


def file_of(answer: Answer) -> str:
    """Telegram's id of the file in a sent message; of a picture that of its largest size."""
    try:
        sent = _MESSAGE.decode(answer.result)
    except msgspec.MsgspecError:
        return ""
    file = sent.audio or sent.video or sent.voice or (sent.photo[-1] if sent.photo else None)
    return file.file_id if file else ""
