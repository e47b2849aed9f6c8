"""Which methods there are. Names are matched without regard to case, as Telegram does."""

from __future__ import annotations

from collections.abc import Callable

from bot.pilot.api import chatting, files, profile
from bot.pilot.api.call import Parameters
from bot.pilot.world import World

Method = Callable[[World, Parameters], object]

METHODS: dict[str, Method] = {
    "getMe": profile.get_me,
    "sendMessage": chatting.send_message,
    "editMessageText": chatting.edit_message_text,
    "editMessageReplyMarkup": chatting.edit_message_reply_markup,
    "deleteMessage": chatting.delete_message,
    "deleteMessages": chatting.delete_messages,
    "answerCallbackQuery": chatting.answer_callback_query,
    "sendChatAction": chatting.send_chat_action,
    "sendAudio": files.send_audio,
    "sendPhoto": files.send_photo,
    "sendVideo": files.send_video,
    "sendVoice": files.send_voice,
    "sendLocation": files.send_location,
    "getFile": files.get_file,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "getMyName": profile.get_my_name,
    "setMyDescription": profile.set_my_description,
    "getMyDescription": profile.get_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getMyShortDescription": profile.get_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
}
# These wait, or end what waits: ``updates.Poller`` answers them.
POLLING = ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")

NAMES = {name.lower(): name for name in (*METHODS, *POLLING)}
