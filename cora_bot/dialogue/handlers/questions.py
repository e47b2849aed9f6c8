"""Sessions: beginning one, picking it up again, showing where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from cora_bot.base.chance import new_id
from cora_bot.base.values import replace
from cora_bot.dialogue import cards, spoken
from cora_bot.dialogue.conversation import Session, Showing
from cora_bot.dialogue.scene import Scene, draw
from cora_bot.dialogue.turn import Record, RecordKind, Turn
from cora_bot.forms.earlier import PERSON
from cora_bot.forms.model import Form
from cora_bot.forms.walk import Moment, Walk


def moment(scene: Scene, form: str) -> Moment:
    """What surrounds a turn of this form: also what the person's last answering keeps, and what is known of them."""
    person = scene.participant
    return Moment(
        now=scene.now,
        zone=person.zone,
        preload={"deviceid": "telegram"},
        chance=scene.chance,
        last=person.kept.get(form, {}),
        entities={PERSON: person.known} if person.known else {},
    )


def remembered(scene: Scene, walk: Walk) -> Scene:
    """What the form marks to be kept stays with the person, for later answerings; nothing else does."""
    kept, known = walk.kept(), walk.entity()
    if not kept and not known:
        return scene
    person = scene.participant
    kept_by_form = {**person.kept, scene.session.form: kept} if kept else person.kept
    return scene.with_person(kept=kept_by_form, known={**person.known, **known})


def form_of(scene: Scene, session: Session) -> Form:
    """The version the session began on, whatever has been published since."""
    return scene.script.versions[session.form_hash]


def begin(scene: Scene, form_id: str, *, wave: str = "", number: int = 0) -> tuple[Scene, Walk]:
    """A new session on the current version of a form."""
    form = scene.script.forms[form_id]
    walk = Walk.begin(form, moment(scene, form.id))
    session = Session(
        id=new_id(scene.chance),
        form=form.id,
        form_hash=form.hash,
        started_at=scene.now,
        walk=walk.save(),
        wave=wave,
        number=number,
    )
    return scene.with_session(session), walk


def pick_up(scene: Scene) -> Walk:
    return Walk.resume(form_of(scene, scene.session), scene.session.walk, moment(scene, scene.session.form))


def save(scene: Scene, walk: Walk) -> Scene:
    return scene.with_session(replace(scene.session, walk=walk.save()))


def ask(scene: Scene, walk: Walk, *, notices: Sequence[str] = (), anew: bool = False) -> Turn:
    """The card shows the question the walk stands at."""
    shown = walk.shown(scene.language)
    if shown is None:
        raise LookupError("the walk stands at its end")
    scene = save(scene, walk)
    anew = anew and not spoken.leafed(scene, shown)
    turn = draw(scene, cards.question(scene, shown, notices=notices), Showing.QUESTION, anew=anew)
    return spoken.accompany(scene, shown, turn)


def record(scene: Scene, kind: RecordKind, body: dict[str, object]) -> tuple[Scene, Record]:
    """Something of this session for the researchers; records of a session are numbered in their order."""
    session = scene.session
    form = form_of(scene, session)
    made = Record(
        id=new_id(scene.chance),
        kind=kind,
        session=session.id,
        form=form.id,
        form_version=form.version,
        form_hash=form.hash,
        wave=session.wave,
        number=session.number,
        order=session.orders,
        language=scene.language,
        started_at=session.started_at,
        at=scene.now,
        body=body,
    )
    return scene.with_session(replace(session, orders=session.orders + 1)), made


def message(scene: Scene, body: dict[str, object]) -> Record:
    """Something a person wrote to the team outside any form."""
    return apart(scene, None, RecordKind.MESSAGE, body)


def apart(scene: Scene, form: Form | None, kind: RecordKind, body: dict[str, object]) -> Record:
    """A record of no session: one decision, or one message."""
    return Record(
        id=new_id(scene.chance),
        kind=kind,
        session=new_id(scene.chance),
        form=form.id if form else "",
        form_version=form.version if form else "",
        form_hash=form.hash if form else "",
        wave="",
        number=0,
        order=0,
        language=scene.language,
        started_at=scene.now,
        at=scene.now,
        body=body,
    )
