"""The document's own words: written in English where they are used, translated here. Not what people see.

A sentence that is missing here raises, so that no document is half translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from cora_bot.base.calendars import day, day_long


@dataclass(frozen=True, slots=True)
class Words:
    """``table`` is None for English itself."""

    language: str
    table: Mapping[str, str] | None

    def __call__(self, text: str, **values: str) -> str:
        """``text`` in the document's language. Raises KeyError where it has no translation."""
        told = text if self.table is None else self.table[text]
        return told.format(**values) if values else told

    def counted(self, count: int, unit: str) -> str:
        """``5 months``."""
        return f"{count} {self(unit if count == 1 else f'{unit}s')}"

    def day(self, value: date) -> str:
        return day(value, self.language)

    def day_long(self, value: date) -> str:
        return day_long(value, self.language)


GERMAN: Final[Mapping[str, str]] = {
    "Contents": "Inhalt",
    # opening
    "Study": "Studie",
    "Version": "Version",
    "Made on": "Erstellt am",
    "Program": "Programm",
    "Approval": "Votum",
    "Hash of all texts people see": "Prüfsumme aller Texte, die Menschen sehen",
    "Hash of study.toml": "Prüfsumme von study.toml",
    "Everything people see and everything that happens, for the ethics board.": (
        "Alles, was Menschen sehen, und alles, was geschieht: für die Ethikkommission."
    ),
    "Languages and how far their texts were read by a speaker": "Sprachen, und ob jemand ihre Texte geprüft hat",
    "Forms": "Fragebögen",
    "Not approved by anybody yet.": "Noch ohne Votum.",
    "Approved by {by} on {day}.": "Gebilligt von {by} am {day}.",
    "The texts are those that were approved.": "Die Texte sind die gebilligten.",
    "CHANGED since then, nobody can be enrolled: {what}.": (
        "SEITHER GEÄNDERT, niemand kann aufgenommen werden: {what}."
    ),
    "Language": "Sprache",
    "Code": "Kürzel",
    "The study's texts": "Texte der Studie",
    "The bot's own sentences": "Eigene Sätze des Bots",
    "draft": "ENTWURF",
    "reviewed": "von einer Sprecherin oder einem Sprecher geprüft",
    "original": "Urfassung",
    "missing": "FEHLT",
    "Form": "Fragebogen",
    "Questions": "Fragen",
    "Hash of its texts": "Prüfsumme der Texte",
    "Hash of the form": "Prüfsumme des Bogens",
    # schedule
    "When people hear from the bot": "Wann der Bot sich meldet",
    "Every message nobody asked for is one neutral sentence; a question appears only after Open.": (
        "Jede ungefragte Nachricht ist ein einziger neutraler Satz; eine Frage erscheint erst nach »Öffnen«."
    ),
    "Who shares the phone may choose that only their own picture opens; who does not, to see it at once.": (
        "Wer das Telefon teilt, kann wählen, dass nur das eigene Bild öffnet; wer nicht, dass die Frage gleich "
        "erscheint."
    ),
    "An answer of the team to what a person wrote is announced by the same sentence.": (
        "Eine Antwort des Teams auf das, was jemand geschrieben hat, kündigt derselbe Satz an."
    ),
    "Nothing is sent from {start} to {end} of the person's own day.": (
        "Von {start} bis {end} Uhr am Ort der Person wird nichts gesendet."
    ),
    "Who takes part to the end is asked {count} times and gets {most} such messages at most.": (
        "Wer bis zum Ende teilnimmt, wird {count}-mal gefragt und bekommt höchstens {most} solche Nachrichten."
    ),
    "Reminders stop with the last answer, with a break and with the end.": (
        "Erinnerungen enden mit der letzten Antwort, mit einer Pause und mit dem Ausstieg."
    ),
    "An example: a return on {day}": "Ein Beispiel: Rückkehr am {day}",
    "In the time of {zone}, at {hour}:00, all purposes agreed to, enrolled {span} before.": (
        "In der Zeit von {zone}, um {hour} Uhr, mit Zustimmung zu allen Zwecken, aufgenommen {span} vorher."
    ),
    "Wave": "Welle",
    "Begins": "Beginn",
    "How often": "Wie oft",
    "Open for": "Offen für",
    "Reminders after": "Erinnerungen nach",
    "Purpose": "Zweck",
    "only where the return was still planned at enrolment": "nur wenn die Rückkehr bei der Aufnahme erst geplant war",
    "Message on": "Nachricht am",
    "Reminders": "Erinnerungen",
    "Closes": "Schließt",
    "once": "einmal",
    "{count} times, every {span}": "{count}-mal, alle {span}",
    "on the day of return": "am Tag der Rückkehr",
    "on enrolment": "bei der Aufnahme",
    "{span} after the day of return": "{span} nach dem Tag der Rückkehr",
    "{span} before the day of return": "{span} vor dem Tag der Rückkehr",
    "{span} after enrolment": "{span} nach der Aufnahme",
    "{span} before enrolment": "{span} vor der Aufnahme",
    "year": "Jahr",
    "years": "Jahre",
    "month": "Monat",
    "months": "Monate",
    "week": "Woche",
    "weeks": "Wochen",
    "day": "Tag",
    "days": "Tage",
    "hour": "Stunde",
    "hours": "Stunden",
    "minute": "Minute",
    "minutes": "Minuten",
    # protection
    "Where answers go and who can read them": "Wohin Antworten gehen und wer sie lesen kann",
    "Where": "Wo",
    "What is there": "Was dort liegt",
    "Who can read it there": "Wer es dort lesen kann",
    "The person's phone": "Telefon der Person",
    "The chat. One card is changed in place; what was typed is removed once it is stored.": (
        "Der Chat. Eine Karte wird an Ort und Stelle geändert; Getipptes wird entfernt, sobald es gespeichert ist."
    ),
    "Whoever holds the phone.": "Wer das Telefon in der Hand hat.",
    "Telegram": "Telegram",
    "The chat while it happens; account, number, internet address. Chats with bots are not end-to-end encrypted.": (
        "Der Chat, während er stattfindet; Konto, Nummer, Internetadresse. Chats mit Bots sind nicht Ende-zu-Ende "
        "verschlüsselt."
    ),
    "Telegram, outside the European Union.": "Telegram, außerhalb der Europäischen Union.",
    "The server: the bot": "Server: der Bot",
    "Answers pass through it. While a form is open, what its logic needs is kept under the server's own key.": (
        "Antworten laufen hindurch. Solange ein Bogen offen ist, liegt, was seine Logik braucht, unter dem Schlüssel "
        "des Servers."
    ),
    "Whoever controls the server while a form is open.": "Wer den Server beherrscht, solange ein Bogen offen ist.",
    "The server: entered by staff": "Server: vom Team eingegeben",
    "What a person answers on the phone or face to face may be typed in there; it is sealed like the rest.": (
        "Was jemand am Telefon oder im Gespräch antwortet, kann dort eingetippt werden; versiegelt wird es wie alles."
    ),
    "The member of staff who asks.": "Wer aus dem Team fragt.",
    "The server: sealed records": "Server: versiegelte Datensätze",
    "Finished answers and consents, sealed to the researchers named here; language, zone and times in the open.": (
        "Fertige Antworten und Einwilligungen, versiegelt für die hier Genannten; Sprache, Zeitzone und Zeiten offen."
    ),
    "The server cannot open them.": "Der Server kann sie nicht öffnen.",
    "The server: key store": "Server: Schlüsselspeicher",
    "Which person belongs to which records; one erasure key for each person. Kept apart, with backups of its own.": (
        "Wer zu welchen Datensätzen gehört; je Person ein Löschschlüssel. Getrennt, mit eigener Sicherung."
    ),
    "The server with its key. Destroying one key erases one person's records.": (
        "Der Server mit seinem Schlüssel. Wird ein Löschschlüssel vernichtet, sind die Datensätze der Person gelöscht."
    ),
    "The bundle": "Das Bündel",
    "Sealed records, case codes, languages, time zones, times. No address of anybody.": (
        "Versiegelte Datensätze, Fallkürzel, Sprachen, Zeitzonen, Zeiten. Von niemandem eine Adresse."
    ),
    "Only the researchers named here can open the records.": "Nur die hier Genannten können die Datensätze öffnen.",
    "The researcher's computer": "Computer der Forschenden",
    "Opened answers under case codes, without names or addresses.": (
        "Geöffnete Antworten unter Fallkürzeln, ohne Namen und Adressen."
    ),
    "The researchers.": "Die Forschenden.",
    "Who can open answers": "Wer Antworten öffnen kann",
    "Nobody yet: the study is not open.": "Noch niemand: Die Studie ist nicht eröffnet.",
    "Key": "Schlüssel",
    "Fingerprint, as it stands on the researcher's paper": "Fingerabdruck, wie er auf dem Blatt der Forschenden steht",
    "How long": "Wie lange",
    "What": "Was",
    "Kept": "Aufbewahrt",
    "Answers, without a link to a person": "Antworten, ohne Verbindung zu einer Person",
    "How a person can be reached": "Wie eine Person erreichbar ist",
    "{span} after the study's end": "{span} nach dem Ende der Studie",
    "{span} after the last contact": "{span} nach dem letzten Kontakt",
    "The program writes these times down. To delete in time is up to the team.": (
        "Das Programm hält diese Fristen fest. Rechtzeitig zu löschen ist Sache des Teams."
    ),
    "What is agreed to, purpose by purpose": "Worin eingewilligt wird, Zweck für Zweck",
    "Question": "Frage",
    "Text": "Text",
    "Waves": "Wellen",
    "When each answer is sealed": "Wann welche Antwort versiegelt wird",
    "On arrival: nothing in the form reads it again. When the form ends: until then its logic may.": (
        "Bei Eingang: Nichts im Bogen liest sie noch einmal. Am Ende des Bogens: Bis dahin braucht sie seine Logik."
    ),
    "Sealed on arrival": "Bei Eingang versiegelt",
    "Sealed when the form ends, or breaks off": "Am Ende oder beim Abbruch des Bogens versiegelt",
    "Countries and time zones": "Länder und Zeitzonen",
    "Country": "Land",
    "Time zones": "Zeitzonen",
    # forms
    "Consent": "Einwilligung",
    "The form {name}": "Der Fragebogen {name}",
    "Version {version}, {count} questions.": "Version {version}, {count} Fragen.",
    "Asked only if": "Nur gefragt, wenn",
    "Taken only if": "Nur angenommen, wenn",
    "The full text, behind a button": "Der volle Text, hinter einer Taste",
    "an answer is needed": "eine Antwort ist nötig",
    "may be left out": "darf ausgelassen werden",
    "sealed on arrival": "bei Eingang versiegelt",
    "sealed when the form ends": "am Ende des Bogens versiegelt",
    "Hint": "Hinweis",
    "If an answer cannot be": "Wenn eine Antwort nicht geht",
    "If none is given": "Wenn keine gegeben wird",
    "– missing –": "– fehlt –",
    "select_one": "eine Antwort",
    "select_many": "mehrere Antworten",
    "integer": "ganze Zahl",
    "decimal": "Zahl",
    "text": "freier Text",
    "date": "Tag",
    "range": "Skala",
    "note": "nur Text",
    "acknowledge": "Bestätigung",
    "time": "Uhrzeit",
    "datetime": "Tag und Uhrzeit",
    "rank": "Rangfolge",
    "geopoint": "Ort",
    "image": "Bild",
    "audio": "Ton",
    "video": "Film",
    "file": "Datei",
    "repeat": "noch einmal?",
    # what can be heard and seen
    "What can be heard and seen": "Was zu hören und zu sehen ist",
    "They stand above the question, numbered as its buttons, and go with it.": (
        "Sie stehen über der Frage, nummeriert wie deren Tasten, und verschwinden mit ihr."
    ),
    "It goes with": "Gehört zu",
    "What is written there": "Was dort geschrieben steht",
    "File": "Datei",
    "Itself": "Selbst",
    "{size} kB": "{size} kB",
    "Too large for this document: it lies in the folder media.": (
        "Zu groß für dieses Dokument: Die Datei liegt im Ordner media."
    ),
    "As above.": "Wie oben.",
    # texts besides the forms
    "The study's other texts": "Weitere Texte der Studie",
    "How to reach the team": "Wie das Team zu erreichen ist",
    "What is stored (/privacy)": "Was gespeichert ist (/privacy)",
    "Help in need": "Hilfe in der Not",
    "Words that never stand where others may read them": "Wörter, die nie stehen, wo andere mitlesen können",
    "They are looked for in every message nobody asked for, the bot's profile, its commands and cards.": (
        "Gesucht werden sie in jeder ungefragten Nachricht, im Profil des Bots, in seinen Befehlen und auf den Karten."
    ),
    "Words": "Wörter",
    "They come with the program; what stands in {braces} is filled in.": (
        "Sie kommen mit dem Programm; was in {Klammern} steht, wird eingesetzt."
    ),
    "Messages nobody asked for (a locked phone may show them)": (
        "Ungefragte Nachrichten (ein gesperrtes Telefon kann sie zeigen)"
    ),
    "The commands in the chat's menu": "Die Befehle im Menü des Chats",
    "To people the bot does not know": "An Menschen, die der Bot nicht kennt",
    "On the card with the code": "Auf der Karte mit dem Code",
    "To the team, on phones of its own": "An das Team, auf eigenen Telefonen",
    "In the conversation": "Im Gespräch",
    "When somebody reads an answer that alerts": "Wann jemand eine Antwort liest, die Alarm gibt",
    # approval
    "After the approval": "Nach dem Votum",
    "Write this at the end of study.toml. From then on nobody is enrolled with other texts than these.": (
        "Das ans Ende von study.toml schreiben. Danach wird niemand mit anderen Texten als diesen aufgenommen."
    ),
    "A person who takes part already goes on; a code that could not be used stays good.": (
        "Wer schon teilnimmt, macht weiter; ein Code, der nicht benutzt werden konnte, bleibt gültig."
    ),
}
