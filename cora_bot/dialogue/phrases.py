"""The bot's own sentences: named here in English, translated in ``locales/``. Studies bring their own texts.

The English text is the catalogue key. ``UNSOLICITED`` are those a locked phone may show to anybody: they name nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from cora_bot.base.values import Value


class Catalog(Protocol):
    """One language's translations, as ``gettext`` and Babel provide them."""

    def gettext(self, message: str) -> str: ...


class Phrases(Value):
    """All catalogs by language code; English needs none."""

    catalogs: Mapping[str, Catalog]

    def say(self, phrase: str, language: str, **values: str) -> str:
        """``phrase`` (a constant of this module) in ``language``, with ``{name}`` fields filled."""
        catalog = self.catalogs.get(language)
        text = catalog.gettext(phrase) if catalog else phrase
        return text.format(**values) if values else text


def N_(text: str) -> str:  # noqa: N802 - the marker gettext extractors know
    """Marks a sentence for extraction."""
    return text


# Unsolicited: may stand on a lock screen, in anybody's sight.
INVITATION: Final = N_("You have a short message. Open it when you have a quiet moment.")
REMINDER: Final = N_("A short message is still waiting for you.")
GO_ON: Final = N_("You can go on where you left off.")
OPEN: Final = N_("Open")
LATER: Final = N_("Later")
NOT_NOW: Final = N_("Not now")
WRONG_PERSON: Final = N_("Not for me")
CHOOSE_PICTURE: Final = N_("Choose your picture.")
THANKS: Final = N_("Thank you.")
UNSOLICITED: Final = (INVITATION, REMINDER, GO_ON, OPEN, LATER, NOT_NOW, WRONG_PERSON, CHOOSE_PICTURE, THANKS)

# The commands as Telegram's menu lists them: anybody who holds the phone sees these.
MENU_COMMAND: Final = N_("Show the menu")
LANGUAGE_COMMAND: Final = N_("Choose your language")
PAUSE_COMMAND: Final = N_("Take a break")
RESUME_COMMAND: Final = N_("End the break")
STOP_COMMAND: Final = N_("No more messages")
PRIVACY_COMMAND: Final = N_("What is stored")
MY_DATA_COMMAND: Final = N_("Show my data")
HELP_COMMAND: Final = N_("Help")
HIDE_COMMAND: Final = N_("Clear this chat")
COMMANDS: Final = {
    "menu": MENU_COMMAND,
    "language": LANGUAGE_COMMAND,
    "pause": PAUSE_COMMAND,
    "resume": RESUME_COMMAND,
    "stop": STOP_COMMAND,
    "privacy": PRIVACY_COMMAND,
    "mydata": MY_DATA_COMMAND,
    "help": HELP_COMMAND,
    "hide": HIDE_COMMAND,
}

# Strangers and codes: said to people we do not know.
STRANGER: Final = N_("Hello. This is a private chat. If you were given a code, please type it here.")
CODE_UNKNOWN: Final = N_("I do not know this code. Please check it and type it again.")
CODE_USED: Final = N_("This code has been used already. Please ask the person who gave it to you for a new one.")
CODE_EXPIRED: Final = N_("This code is too old. Please ask the person who gave it to you for a new one.")
CODE_NOT_NOW: Final = N_("This code cannot be used at the moment. Please ask the person who gave it to you.")
STRANGER_PHRASES: Final = (STRANGER, CODE_UNKNOWN, CODE_USED, CODE_EXPIRED, CODE_NOT_NOW)

# To staff, in chats of their own: a lock screen may show them, so they say no more than the others.
STAFF_LINKED: Final = N_("✓ Notices for the team come to this chat from now on.")
ALERT: Final = N_(
    "Somebody must look: {case}, alert {number}. Please take a new bundle today and read what this person answered."
)
ALERT_AGAIN: Final = N_("Nobody has taken it yet: {case}, alert {number}. Please take a new bundle and look at it now.")
ALERT_TAKE: Final = N_("I look after it")
ALERT_TAKEN: Final = N_("Somebody looks after it: {case}, alert {number}.")
ALERT_NOTED: Final = N_("Noted. Thank you.")
ALERT_HAS_SOMEBODY: Final = N_("Somebody looks after it already.")
VISIT_LATE: Final = N_("{case} comes about {minutes} minutes later: {number}, {day}, {time}.")
VISIT_MOVED: Final = N_("{case} has another time now: {number}, {day}, {time}.")
VISIT_OFF: Final = N_("{case} does not come: {number}, {day}, {time}.")
STAFF_PHRASES: Final = (
    STAFF_LINKED, ALERT, ALERT_AGAIN, ALERT_TAKE, ALERT_TAKEN, ALERT_NOTED, ALERT_HAS_SOMEBODY,
    VISIT_LATE, VISIT_MOVED, VISIT_OFF,
)  # fmt: skip

# On the card with the code: paper that lies on a desk and may be seen by anybody.
CARD_SCAN: Final = N_("Scan the square with the camera, or open the link.")
CARD_START: Final = N_("Press “Start” at the bottom.")
CARD_LANGUAGE: Final = N_("Choose your language.")
CARD_TYPE: Final = N_("No camera? Look for {bot} in Telegram and type:")
CARD_ONCE: Final = N_("For one person, once, until {day}.")
CARD_TAKEN: Final = N_("Card {number}")
CARD_PHRASES: Final = (CARD_SCAN, CARD_START, CARD_LANGUAGE, CARD_TYPE, CARD_ONCE)

# Walking a form.
SAVED: Final = N_("✓ Saved.")
YOU_WROTE: Final = N_("✓ You wrote: {answer}")
WRITE_ANSWER: Final = N_("Please write your answer.")
WRITE_NUMBER: Final = N_("Please write a number.")
WRITE_NUMBER_BETWEEN: Final = N_("Please write a number from {start} to {end}.")
WRITE_DAY: Final = N_("Please write the day, for example {example}.")
CHOOSE_MANY: Final = N_("You can choose several. Then press Done.")
CHOSEN_NOW: Final = N_("Chosen until now: {answer}")
LIST_PAGE: Final = N_("Page {page} of {pages}")
SEEK: Final = N_("You can also write a part of the name: I look for it in the list.")
FOUND: Final = N_("Found for “{text}”: {count}")
NOTHING_FOUND: Final = N_("I find nothing for “{text}”. Please write it otherwise, or look through the list.")
PREVIOUS: Final = N_("Previous")
MORE: Final = N_("More")
WHOLE_LIST: Final = N_("Show the whole list")
RANK_FIRST: Final = N_("Please press what comes first for you.")
RANK_NEXT: Final = N_("Please press what comes next for you.")
UNDO: Final = N_("Undo the last one")
NIGHT: Final = N_("Night")
MORNING: Final = N_("Morning")
AFTERNOON: Final = N_("Afternoon")
EVENING: Final = N_("Evening")
YESTERDAY: Final = N_("Yesterday")
TODAY: Final = N_("Today")
TOMORROW: Final = N_("Tomorrow")
ANOTHER_DAY: Final = N_("Another day")
ANOTHER_TIME: Final = N_("Another time")
PRESS_OR_WRITE: Final = N_("Please press a button, or write it, for example {example}.")
NOT_A_TIME: Final = N_("I cannot read this time. Please write it like this: {example}")
SAVED_AS: Final = N_("✓ Saved: {answer}")
HOW_MANY_YET: Final = N_("Until now: {count}")
NO_ROOM: Final = N_("No more can be added here.")
ADD_ONE: Final = N_("Yes, add one")
ADD_ANOTHER: Final = N_("Add another one")
NONE_OF_THEM: Final = N_("No, there is none")
CHANGE_ONE: Final = N_("Change or remove one")
WHICH_ONE: Final = N_("Which one?")
CHANGE_IT: Final = N_("Change it")
TAKE_IT_AWAY: Final = N_("Remove it")
LEAVE_IT: Final = N_("Leave it as it is")
TAKEN_AWAY: Final = N_("✓ Removed.")
PLACE_KEY: Final = N_("Send my location")
PRESS_PLACE_KEY: Final = N_("Press the button “{button}” at the bottom of the screen. Or:")
SEND_PLACE: Final = N_("Press 📎 below, then “Location”, and send where you are now.")
PLACE_ONLY: Final = N_("Here I can only take where you are now: press 📎 below, then “Location”.")
WHY_PLACE: Final = N_("Why we ask where you are: {reason}")
SEND_PICTURE: Final = N_("Please send a picture: press 📎 below.")
SEND_SOUND: Final = N_("Please send a voice message: hold 🎤 below and speak.")
SEND_FILM: Final = N_("Please send a film: press 📎 below.")
SEND_FILE: Final = N_("Please send a file: press 📎 below.")
FILE_COMES: Final = N_("✓ It has arrived. I lock it and then remove it from this chat.")
FILE_TOO_LARGE: Final = N_("This is too large. Please send something smaller, {size} MB at most.")
FILE_REMOVAL: Final = N_("As soon as it is locked, I remove it from this chat.")
REMOVAL: Final = N_(
    "As soon as your answer is saved and locked, I remove your message from this chat, "
    "so that nobody who holds this phone can read it."
)
REMOVED: Final = N_("I removed your message from this chat, so that nobody who holds this phone can read it.")
ANSWER_NOW: Final = N_("Your answer until now: {answer}")
ANSWER_LOCKED: Final = N_("Your answer is saved and locked. I cannot show it. If you write again, it is replaced.")
DROPPED: Final = N_("An earlier answer no longer fits and was taken out. Please choose again.")
REQUIRED: Final = N_("Please answer this question before you go on.")
NOT_POSSIBLE: Final = N_("This answer is not possible here. Please look at it again.")
NOT_A_NUMBER: Final = N_("That is not a number I can read. Please write it with digits, for example 3.")
NOT_WHOLE: Final = N_("Please write a whole number, without a comma or point.")
NOT_A_DAY: Final = N_("I cannot read this day. Please write it like this: {example}")
TOO_LONG: Final = N_("This is too long. Please write it shorter.")
NOT_RECEIVED: Final = N_("↻ What you tapped a while ago may not have been received. Please tap again.")
PRESS_A_BUTTON: Final = N_("Please press one of the buttons.")
CANNOT_TAKE: Final = N_("I can only take buttons and written text here.")
DONE: Final = N_("Done")
CONTINUE: Final = N_("Continue")
OK: Final = N_("OK")
BACK: Final = N_("Back")
SKIP: Final = N_("Skip")
KEEP: Final = N_("Keep it")
FULL_TEXT: Final = N_("Read the full text")
TEAM_TOLD: Final = N_("Somebody of the team is told now to look at what you answered. {reads}")
TEAM_NOT_TOLD: Final = N_("Nobody of the team is told of this now: you have not agreed to that. /mydata changes it.")
HELP_NEARBY: Final = N_("If you need help now:\n{help}")
STILL_REACHED: Final = N_("Is this still the right place to reach you?")
REACHED_HERE: Final = N_("Yes, here")
REACHED_ELSEWHERE: Final = N_("My number will change")
ELSEWHERE_MEANS: Final = N_(
    "Thank you, this is noted. If you take this Telegram account along, nothing changes here. For another account you "
    "need a new code. You get it from us:\n{contact}"
)
THANK_YOU: Final = N_("Thank you. Everything is saved and locked.")
CLOSED: Final = N_("This one is closed now. Thank you.")
ASK_LATER: Final = N_("All right. I will ask again later.")
LEFT: Final = N_("All right, we stop here. What you answered until now is kept.")
ASK_LEAVE: Final = N_("Do you want to stop answering? What you answered until now is kept.")
LEAVE: Final = N_("Stop answering")
YES_LEAVE: Final = N_("Yes, stop answering")

# Enrolment.
REFUSED: Final = N_("That is all right. Nothing about you was stored. All the best to you.")
ASK_REFUSE: Final = N_("Do you want to end this? Nothing about you is stored then.")
NO_THANKS: Final = N_("No, thank you")
YES_END: Final = N_("Yes, end it")
RECEIPT: Final = N_(
    "Thank you. This is your receipt.\n\nYour code: {code}\nDay: {day}\n\n{purposes}\n\n"
    "You can stop or change this at any time with /menu.\n{contact}\n\n"
    "This message is emptied when you have read it. Write down your code if you want to keep it."
)
I_HAVE_READ: Final = N_("I have read it")

# Menu, language, pause, stop, privacy, help.
MENU: Final = N_("What would you like to do?")
MENU_BUTTON: Final = N_("Menu")
OPEN_MESSAGE: Final = N_("Open the message")
GO_BACK_TO_QUESTION: Final = N_("Go on answering")
LANGUAGE: Final = N_("Language")
PAUSE: Final = N_("Take a break")
RESUME: Final = N_("End the break")
STOP: Final = N_("No more messages")
PRIVACY: Final = N_("What is stored")
HELP: Final = N_("Help")
TRAVEL_DAY: Final = N_("Change the day of travel")
CLOSE: Final = N_("Close")
ASK_PAUSE: Final = N_("How long should I leave you in peace?")
ONE_WEEK: Final = N_("1 week")
TWO_WEEKS: Final = N_("2 weeks")
FOUR_WEEKS: Final = N_("4 weeks")
PAUSED: Final = N_("All right. You will hear nothing until {day}. You can end the break at any time with /resume.")
RESUMED: Final = N_("All right. I will write again when there is something.")
ASK_STOP: Final = N_("I will not write to you any more. What shall happen to your answers?")
CUT_TOO: Final = N_("Also cut the link")
DELETE_TOO: Final = N_("Also delete my answers")
STOP_MEANS: Final = N_(
    "I will not write to you any more. What you answered until now stays with the team. "
    "You can come back at any time with /menu."
)
CUT_MEANS: Final = N_(
    "I will not write to you any more. What you answered until now stays with the team, but on {day} I destroy how "
    "you can be reached and which answers are yours. After that nobody can find, correct or delete your answers. "
    "Until then you can undo it."
)
DELETE_MEANS: Final = N_(
    "I will not write to you any more. The team gets your answers in no new copy from now on, and on {day} they are "
    "destroyed for good, with how you can be reached. Until then you can undo it."
)
YES_STOP: Final = N_("Yes, no more messages")
YES_CUT: Final = N_("Yes, cut the link")
YES_DELETE: Final = N_("Yes, delete my answers")
STOPPED: Final = N_("All right. I will not write to you any more. All the best to you.")
STOPPED_CUT: Final = N_(
    "All right. I will not write to you any more. On {day} the link to your answers is cut for good. "
    "Until then you can undo it here, with /menu. Or it is done at once."
)
STOPPED_DELETE: Final = N_(
    "All right. I will not write to you any more. Your answers are in no new copy from now on. On {day} they are "
    "destroyed for good. Until then you can undo it here, with /menu. Or it is done at once."
)
UNDO_STOP: Final = N_("Undo: write to me again")
AT_ONCE: Final = N_("Do it at once")
ASK_CUT_NOW: Final = N_("The link to your answers is cut at once. This cannot be undone. Shall I do it?")
ASK_DELETE_NOW: Final = N_("Your answers are destroyed at once. This cannot be undone. Shall I do it?")
YES_AT_ONCE: Final = N_("Yes, at once")
CUT_DONE: Final = N_("Done. Nothing leads from this chat to your answers any more. All the best to you.")
DELETE_DONE: Final = N_("Done. Your answers are destroyed. All the best to you.")
COPIES_UNTIL: Final = N_("Copies that the team carries already are deleted by {day} at the latest.")
COPIES_LATE: Final = N_("The team still carries copies. It is asked to delete them at once.")
DELETE_MORE: Final = N_("Delete more")
STOPPED_ALREADY: Final = N_("You asked for no more messages. Would you like to hear from me again?")
START_AGAIN: Final = N_("Yes, write to me again")
HELP_TEXT: Final = N_(
    "Press the buttons to answer. You can go back, skip, or stop at any time.\n\n"
    "/menu shows everything you can do.\n/pause takes a break.\n/stop ends the messages.\n\n"
    "{help}\n\n{contact}"
)
ASK_PASS_ON: Final = N_(
    "You wrote:\n{text}\n\nShall I pass this to the team? It is locked for them at once. They read it within some "
    "days, not at night and not in an emergency. No help or payment follows from it."
)
PASS_ON: Final = N_("Yes, pass it on")
DISCARD: Final = N_("No, forget it")
PASSED_ON: Final = N_("It is locked and waits for the team. Their answer will come here.")
FORGOTTEN: Final = N_("All right, it is forgotten.")
OPENING: Final = N_("Who may open messages")
ASK_OPENING: Final = N_(
    "Do you use this phone alone?\n\nYou can choose how messages open. You can change it later in the menu."
)
OPENS_AT_ONCE: Final = N_("Only me: show it at once")
OPENS_NEUTRALLY: Final = N_("First a short line")
OPENS_BY_PICTURE: Final = N_("Others too: my picture")
CHOOSE_OWN_PICTURE: Final = N_("Choose a picture and remember it. From now on only this picture opens messages.")
TEST_MESSAGE: Final = N_("This is how a message will look:")
OPENING_SET: Final = N_("All right. That is how messages open from now on.")
CHAT_SHARED: Final = N_(
    "Somebody uses this chat already. First they choose a picture: /menu, “Who may open messages”. "
    "Then send the code again."
)
HIDDEN: Final = N_("What I can delete here is deleted. You can delete the chat yourself too.")
LETTER_FROM_TEAM: Final = N_("An answer from the team:\n\n{text}")
MY_DATA: Final = N_("My data")
HELD: Final = N_("This is held about you under the code {code}:")
HELD_LANGUAGE: Final = N_("Language: {value}")
HELD_COUNTRY: Final = N_("Country: {value}")
HELD_ZONE: Final = N_("Time zone: {value}")
HELD_HOUR: Final = N_("Hour for messages: {value}")
HELD_TRAVEL: Final = N_("Day of travel: {value}")
HELD_PURPOSES: Final = N_("What you agreed to:\n{purposes}")
HELD_NEXT: Final = N_("The next messages:\n{days}")
HELD_ANSWERS: Final = N_(
    "Answers and consents, locked: {count}. They cannot be shown here, not even to you: only the team can open them."
)
HELD_KEPT: Final = N_("Answers the bot keeps readable for itself, to ask you less next time: {count}.")
HELD_UNTIL: Final = N_(
    "How you can be reached is deleted after the last contact ({contacts}). The answers are kept after the end, "
    "without your name ({records}).\nThis message is emptied after ten minutes."
)
# On the page with a person's data that staff hand over: what the chat says, and this.
HELD_FOR: Final = N_(
    "How you can be reached is deleted after the last contact ({contacts}). The answers are kept after the end, "
    "without your name ({records})."
)
HELD_REACHED: Final = N_("How you can be reached: the number of your chat in Telegram. It is locked.")
HELD_SINCE: Final = N_("You take part since: {day}")
HELD_OCCASIONS: Final = N_("What was or is planned for you:\n{list}")
HELD_TO_COME: Final = N_("open or still to come")
HELD_ANSWERED: Final = N_("answered")
HELD_PARTLY: Final = N_("answered in part")
HELD_UNANSWERED: Final = N_("not answered")
HELD_NOT_ASKED: Final = N_("not asked")
HELD_CANCELLED: Final = N_("cancelled")
HELD_SENT: Final = N_("Messages you were sent without having asked for one:\n{list}")
HELD_READABLE: Final = N_("Answers the bot keeps readable for itself, to ask you less next time:\n{list}")
HELD_COPIES: Final = N_("The team carries copies of answers. They are deleted by {day} at the latest.")
HELD_MADE: Final = N_("This page was made on {day}. It is yours.")
OWN_COPY: Final = N_("Keep a copy for me")
OWN_COPY_MEANS: Final = N_(
    "From now on what you answer is locked a second time, for you alone. You get a key that is shown once: write it "
    "down, apart from this phone. With it, somebody of the team can print your answers for you. Without it nobody can, "
    "not even the team. If you had a key before, its copies are deleted."
)
OWN_COPY_MAKE: Final = N_("Make my key")
OWN_COPY_KEY: Final = N_(
    "Your key:\n\n{key}\n\nWrite it down now. It is shown only this once, and kept nowhere. "
    "This message is emptied after ten minutes."
)
OWN_ANSWERS: Final = N_("Your answers, from your own copy:\n{list}")
YEARS: Final = N_("{count} year(s)")
MONTHS: Final = N_("{count} month(s)")
DAYS: Final = N_("{count} day(s)")
CHANGE_CONSENT: Final = N_("Change my consent")
CONSENTS: Final = N_("This is what you agreed to. Which one would you like to change?")
CONSENT_GIVEN: Final = N_("Thank you. This is noted and locked.")
CONSENT_ENDED: Final = N_("All right. This is noted and locked. What was planned for it does not come any more.")
TEXT_CHANGED: Final = N_(
    "The text you agreed to has changed. Please read it and decide again. Until then no questions come."
)
NEW_TEXT: Final = N_("Read the new text")
CONSENT_RENEWED: Final = N_("Thank you. This is noted and locked. What was waiting can come now.")
ANSWER_AGAIN: Final = N_("Answer again")
ANSWERING_AGAIN: Final = N_("You can answer again from the start. Your new answers then count, if you come to the end.")
NEUTRAL: Final = "✓"

# Meetings with somebody of the team, booked here. Nothing unsolicited says any of it.
MEETING: Final = N_("My meeting")
MEETING_OFFER: Final = N_(
    "Somebody from the team would like to meet you for a talk, if you wish. You choose the day and the time here. "
    "You can say no without giving a reason; nothing changes by it."
)
CHOOSE_UNTIL: Final = N_("You can choose until {day}.")
CHOOSE_A_TIME: Final = N_("Choose a time")
NOT_BY_MEETING: Final = N_("Talk in another way")
NOT_THIS_TIME: Final = N_("Not this time")
ASK_WISHES: Final = N_(
    "Do you have wishes? Choose what matters to you, then press Continue. It is saved and locked for the team."
)
WISH_WOMAN: Final = N_("I talk with a woman")
WISH_MAN: Final = N_("I talk with a man")
WISH_COMPANY: Final = N_("Somebody comes with me")
WISH_NO_STAIRS: Final = N_("A way without stairs")
WISH_CHILDREN: Final = N_("Children come with me")
WHICH_CITY: Final = N_("In which city?")
WHICH_DAY: Final = N_("On which day?")
WHICH_TIME: Final = N_("{day}\n\nAt what time?")
MORE_DAYS: Final = N_("More days")
OTHER_DAYS: Final = N_("Other days")
ASK_BOOKING: Final = N_("Shall I book this?")
YES_BOOK: Final = N_("Yes, book it")
BOOKED: Final = N_("✓ Your meeting is booked.")
MEETING_LASTS: Final = N_("It takes about {minutes} minutes.")
BY_PHONE: Final = N_("By phone")
BY_VIDEO: Final = N_("By video")
AT_MY_PLACE: Final = N_("At my place")
PICTURE_WORD: Final = N_("Your picture word: {word}. The other person says the same word; then you know each other.")
PLACE_LATER: Final = N_("You get the exact place here, from {day} on.")
PLACE_AFTER_YES: Final = N_("Is this still a good time and place for you? Then I tell you the exact place.")
STILL_GOOD: Final = N_("Is this still a good time for you?")
EXACT_PLACE: Final = N_("The exact place:\n{place}")
YES_I_COME: Final = N_("Yes, I come")
CHANGE_TIME: Final = N_("Another time")
I_AM_LATE: Final = N_("I will be late")
CANNOT_TRAVEL: Final = N_("I cannot travel")
CALL_ME: Final = N_("Please contact me")
CANCEL_MEETING: Final = N_("Cancel the meeting")
ASK_CANCEL_MEETING: Final = N_("Shall I cancel your meeting? Then somebody else can have this time.")
YES_CANCEL_MEETING: Final = N_("Yes, cancel it")
MEETING_CANCELLED: Final = N_(
    "All right, your meeting is cancelled. You can choose another time as long as there is one."
)
ASK_HOW_LATE: Final = N_("How much later will you be there?")
MINUTES: Final = N_("{count} minutes")
LATE_NOTED: Final = N_("Thank you. The team is told that you come about {minutes} minutes later.")
CALL_NOTED: Final = N_("The team is told that you wish to be contacted. Its answer comes here.")
HOME_NOTED: Final = N_("The team is told that you wish to talk at your place. Its answer comes here.")
ASK_OTHER_WAY: Final = N_("How would you like to talk instead?")
DECLINED: Final = N_("All right. Thank you for telling us. Nothing changes by it.")
TIME_TAKEN: Final = N_("Somebody has just taken this time. Please choose another one.")
NO_TIME_FREE: Final = N_("No time is free at the moment. Shall I tell you when one is free again?")
TELL_ME: Final = N_("Yes, tell me")
ON_THE_LIST: Final = N_("All right. I write to you when a time is free.")
TIME_IS_FREE: Final = N_("A time is free again. Whoever chooses first has it.")
MEETING_MOVED: Final = N_("The team had to move your meeting. Please look at the new time:")
MEETING_CALLED_OFF: Final = N_("Your meeting on {day} cannot take place. We are sorry. You can choose another time.")
MEETING_MISSED: Final = N_("We did not meet this time. That is all right. Would you like another time?")
DID_YOU_MEET: Final = N_("Did your meeting take place?")
YES_WE_MET: Final = N_("Yes")
I_COULD_NOT: Final = N_("No, I could not come")
NOBODY_WAS_THERE: Final = N_("No, nobody was there")
SORRY_NOBODY: Final = N_("We are sorry. The team is told and sees to it. Its answer comes here.")
NO_MEETING: Final = N_("There is no meeting at the moment.")
TOO_LATE_NOW: Final = N_("This is no longer possible now. Here is how it stands:")
HELD_MEETING: Final = N_("Meeting: {value}")
PICTURE_WORDS: Final = (
    ("🍋", N_("Lemon")),
    ("🐎", N_("Horse")),
    ("☂️", N_("Umbrella")),
    ("🚲", N_("Bicycle")),
    ("🕯️", N_("Candle")),
    ("🍉", N_("Melon")),
    ("🐢", N_("Turtle")),
    ("🌾", N_("Wheat")),
    ("🧵", N_("Thread")),
    ("🪁", N_("Kite")),
    ("🥖", N_("Bread")),
    ("🐝", N_("Bee")),
)
