"""The side for the person at the desk: what to see to before, during and after. It names nothing either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from cora_bot.export.page import e


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    keep: str

    def all(self) -> Iterator[str]:
        yield self.title
        for name, points in self.parts:
            yield name
            yield from points
        yield self.keep


WORDS: Final[Mapping[str, Words]] = {
    "en": Words(
        "For the person at the desk: about five minutes",
        (
            (
                "Before",
                (
                    "We are alone, nobody reads along, and there is time.",
                    "Whose phone is it? If others use it: talk about what they could see. No is a good answer.",
                    "Saying yes, no or stopping changes nothing for the person here. Say it aloud.",
                ),
            ),
            (
                "The phone",
                (
                    "Two-step password: Settings › Privacy and Security › Two-Step Verification.",
                    "Lock code: Settings › Privacy and Security › Passcode Lock.",
                    "Lock screen: look together at what a message shows there; preview off if wanted.",
                    "Auto-delete in this chat: chat's menu › Auto-Delete, for example one week.",
                    "New number soon? Settings › Change Number, while the old SIM still works.",
                ),
            ),
            (
                "On the card",
                (
                    "The person scans, presses and chooses; I do not press for them.",
                    "The phone shows a tick and this number.",
                    "Text read, heard, or read aloud by me: the true answer is chosen.",
                    "The receipt is there. Code written down only if wanted; then “I have read it”.",
                    "How messages open was chosen; the test message was looked at together.",
                    "The menu was opened once: take a break, no more messages, language.",
                ),
            ),
        ),
        "Write no name on this card. The code is spent after use: tear the card up. Unused cards stay locked away.",
    ),
    "de": Words(
        "Für die Person am Schreibtisch: etwa fünf Minuten",
        (
            (
                "Vorher",
                (
                    "Wir sind allein, niemand liest mit, und es ist Zeit.",
                    "Wem gehört das Telefon? Wenn auch anderen: besprechen, was sie sehen könnten. "
                    "Nein ist in Ordnung.",
                    "Ja, Nein oder Aufhören ändert hier nichts für die Person. Das laut sagen.",
                ),
            ),
            (
                "Das Telefon",
                (
                    "Zweites Passwort: Einstellungen › Privatsphäre und Sicherheit › Zweistufige Bestätigung.",
                    "Code-Sperre: Einstellungen › Privatsphäre und Sicherheit › Code-Sperre.",
                    "Sperrbildschirm: zusammen ansehen, was eine Nachricht dort zeigt; auf Wunsch Vorschau aus.",
                    "Automatisch löschen in diesem Chat: Menü des Chats › Automatisch löschen, etwa eine Woche.",
                    "Bald eine neue Nummer? Einstellungen › Nummer ändern, solange die alte SIM-Karte noch geht.",
                ),
            ),
            (
                "Auf der Karte",
                (
                    "Die Person scannt, drückt und wählt selbst; ich drücke nicht für sie.",
                    "Das Telefon zeigt einen Haken und diese Nummer.",
                    "Text gelesen, gehört oder von mir vorgelesen: Gewählt wird, was stimmt.",
                    "Die Quittung ist da. Den Code nur auf Wunsch aufschreiben; dann »Ich habe es gelesen«.",
                    "Wie Nachrichten sich öffnen, ist gewählt; die Probe-Nachricht zusammen angesehen.",
                    "Das Menü war einmal offen: Pause, keine Nachrichten mehr, Sprache.",
                ),
            ),
        ),
        "Keinen Namen auf diese Karte schreiben. Nach Gebrauch ist der Code verbraucht: Karte zerreißen. "
        "Unbenutzte Karten bleiben verschlossen.",
    ),
}


def card(words: Words, number: str) -> Element:
    parts = [
        e("section", e("h2", name), e("ul", [e("li", e("span", class_="box"), point) for point in points]))
        for name, points in words.parts
    ]
    return e(
        "article",
        e("header", e("span", number, class_="number"), e("h1", words.title)),
        e("div", parts, class_="parts"),
        e("footer", words.keep),
        class_="card staff",
    )
