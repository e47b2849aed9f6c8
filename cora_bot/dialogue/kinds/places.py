"""Where somebody is: asked only for a reason that the study tells, here and before consent."""

from __future__ import annotations

from cora_bot.base.text import isolate
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.scene import Scene
from cora_bot.forms.walk import Shown

SHOWN_DIGITS = 4  # about ten metres: enough to see that it is the right place


def reason(scene: Scene) -> str:
    """The study's reason in the person's language; nothing where the study has none."""
    texts = scene.study.location_reason
    text = texts.get(scene.language) or texts.get(scene.study.default_language, "")
    return scene.say(p.WHY_PLACE, reason=text) if text else ""


def key(scene: Scene) -> str:
    """What is written on the key in place of the phone's keyboard."""
    return f"📍 {scene.say(p.PLACE_KEY)}"


def asked(scene: Scene) -> str:
    """Why, and the two ways to answer; a phone without such a key, or who put it away, has the other."""
    ways = (scene.say(p.PRESS_PLACE_KEY, button=isolate(key(scene))), scene.say(p.SEND_PLACE))
    return "\n\n".join(each for each in (reason(scene), *ways) if each)


def before_consent(scene: Scene, shown: Shown) -> str:
    """The reason on the card of the question by which somebody consents."""
    session, rules = scene.conversation.session, scene.study.enrolment
    asks = session is not None and session.form == rules.form and bool(rules.required)
    return reason(scene) if asks and shown.question.name == rules.required[-1][0] else ""


def readable(value: str) -> str:
    latitude, longitude, *_ = value.split()
    return f"{float(latitude):.{SHOWN_DIGITS}f}, {float(longitude):.{SHOWN_DIGITS}f}"
