"""What is planted through the chat: who they are, what they write and choose, what lets them in."""

from __future__ import annotations

from cora_bot.dialogue.cards import PICKED
from tests.support import secret_study as study
from tests.support.secrets import Secret, chat_address, code, word

TOKEN = "5000000001:AAqz-planted-token-of-the-bot-40917"
WRONG_CODE = "ACDE-FGHJ-KMNP"

# Numbers drawn by chance: those of standards (pi, SHA-512's first words) lie in every process's memory.
LATIN = chat_address("chat id, Latin", 0x2D4C91E7B35A)
ARABIC = chat_address("chat id, Arabic", 0x41B83A0F6CD9)
IDLE = chat_address("chat id, idle", 0x1A97C5E20B74)
HALFWAY = chat_address("chat id, half enrolled", 0x53F2086DA91C)
STRANGER = chat_address("chat id, stranger", 0x6C17B94E52F8)

FIRST_NAME = word("first name", "Zarghünaplanted")
USER_NAME = word("user name", "qzplanteduser")
NICKNAME = word("Latin text the form reads", "Jürgenplantedname")
STORY = word("Latin text, its card still in flight", "Überfallplantedstory")
ARABIC_NICKNAME = word("Arabic text the form reads", "زعفرانالقمر")
ARABIC_STORY = word("Arabic text", "قنديلالحكايةالمدفونة")
ARABIC_MORE = word("second Arabic text", "شاهينالرسالةالاخيرة")
IDLE_TEXT = word("message while nothing is asked", "Flüsterplantedidle")
PARKED_TEXT = word("text of a parked update", "Giftplantedüberall")
CAPTION = word("caption of a photo", "Bildplantedtextß")
STRANGER_TEXT = word("stranger's message", "Fremdplantedgruß")
EDITED = word("edited message", "Nachtragplantedö")
AMOUNT = Secret("typed number", real=73162498.0625)
BORN = word("typed date", "1987-03-14", "14/03/1987", "14.3.1987", "١٤/٣/١٩٨٧")
BOT_TOKEN = word("bot token", TOKEN.split(":")[1])
WRONG = code("code nobody has", WRONG_CODE)
OPTIONS = tuple(
    Secret(f"option code {which}", (option,), named_in_forms=True)
    for which, option in (
        ("of the consent form", study.CONSENT_CODE),
        ("of a select one", study.BURDEN_CODE),
        ("of a select many", study.EVENT_CODE),
    )
)
FIXED = (
    LATIN, ARABIC, IDLE, HALFWAY, STRANGER, FIRST_NAME, USER_NAME, NICKNAME, STORY, ARABIC_NICKNAME, ARABIC_STORY,
    ARABIC_MORE, IDLE_TEXT, PARKED_TEXT, CAPTION, STRANGER_TEXT, EDITED, AMOUNT, BORN, *OPTIONS,
    word("ticked option", f"{PICKED} {study.TICKED}"),
    BOT_TOKEN, WRONG,
)  # fmt: skip


def said(secret: Secret) -> str:
    """A sentence with the planted word at its beginning and end: one of them is on no border of a page."""
    (text,) = secret.texts
    return f'{text} "…" {text}'
