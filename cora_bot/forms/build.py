"""An XForm's plain values -> nodes with compiled expressions, questions, order. What is wrong is collected."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from cora_bot.base.problems import Problem, Severity
from cora_bot.base.values import replace
from cora_bot.forms import graph, itexts, sealing, texts
from cora_bot.forms.asking import Asker
from cora_bot.forms.earlier import ENTITY, LAST_SAVED, PERSON
from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.errors import ExpressionError
from cora_bot.forms.expr.nodes import local_name
from cora_bot.forms.expr.scope import Expression, Scope
from cora_bot.forms.program import Action, Actions, Asked, Entry, Preload, Program, Seed, Spec, Texts
from cora_bot.forms.rows import Places
from cora_bot.forms.support import CHAT, Level, Support
from cora_bot.forms.xform import RawAction, RawNode, XForm, instances_of, meta_attributes

FIRST_LOAD = {"odk-instance-first-load", "xforms-ready"}
EVERY_LOAD = "odk-instance-load"
NEW_REPEAT = "odk-new-repeat"
VALUE_CHANGED = "xforms-value-changed"
EVENTS = {*FIRST_LOAD, EVERY_LOAD, NEW_REPEAT, VALUE_CHANGED}
LAST_SOURCE = "jr://instance/last-saved"
LAST = re.compile(r"instance\('__last-saved'\)\s*((?:/[\w.\-]+)+)")
YES = {"yes", "true", "true()", "1"}
CONSTANT = {"true()": True, "false()": False, "yes": True, "no": False}
HINTS = {
    "function": "Check its spelling against the functions of the XLSForm reference.",
    "arguments": "Check the function in the XLSForm reference.",
}


class Builder:
    """One form's build. ``problems`` fills up; ``program()`` is complete only when there are no errors among them."""

    def __init__(self, form: XForm, places: Places, file: str, channel: Mapping[str, Support] = CHAT) -> None:
        self.form = form
        self.channel = channel
        self.places = places
        self.file = file
        self.problems: list[Problem] = []
        self.slots = {node.path: slot for slot, node in enumerate(form.nodes)}
        self.codes = texts.language_codes(form)
        self.earlier = self.from_before()
        self.instances = frozenset({*form.instances, *self.earlier})
        self.repeats = frozenset(each.ref for each in form.repeats)
        self.itexts: Mapping[str, frozenset[int]] = {}
        self.itexts = itexts.reads(form, self.slots, self.scope) if itexts.taken(form) else {}

    def scope(self, path: str) -> Scope:
        return Scope(path, self.slots, self.instances, self.repeats, self.itexts)

    def supported(self, path: str, feature: str, *, what: str = "") -> None:
        """Notes what the channel cannot do, or not yet."""
        held = self.channel[feature]
        if held.level is not Level.YES:
            code = "form.repeat" if feature == "repeat" else "form.type"
            text = held.message.format(what=what or feature)
            self.problem(path, code, text, held.hint, warning=held.level is Level.WARNING)

    def from_before(self) -> dict[str, str]:
        """Instances that come with each walk: the last record, and the person's entity."""
        found: dict[str, str] = {}
        for name, source in self.form.external:
            if source == LAST_SOURCE:
                found[name] = LAST_SAVED
                self.supported("", "last-saved")
            elif source.rpartition("/")[2] == f"{PERSON}.csv" and name == PERSON:
                found[name] = ENTITY
                self.supported("", "entity", what=name)
            else:
                hint = "Put the file beside the form."
                self.problem("", "form.file", f"the form reads {source}, which is not there", hint)
        return found

    def problem(self, path: str, code: str, message: str, hint: str = "", *, warning: bool = False) -> None:
        row = self.places.row(path)
        severity = Severity.WARNING if warning else Severity.ERROR
        sheet = "survey" if row is not None else ""
        self.problems.append(Problem(code, message, hint, self.file, sheet, row, severity))

    def compile(self, path: str, source: str, what: str) -> Expression | None:
        """None when it cannot be compiled; the reason is noted."""
        try:
            made = compile_expression(source, self.scope(path))
        except ExpressionError as error:
            self.problem(path, f"form.{error.code}", f"{what}: {error}", HINTS.get(error.code, ""))
            return None
        self.judge(path, made, what)
        return made

    def judge(self, path: str, made: Expression, what: str) -> None:
        for fault in made.faults:
            self.problem(path, f"form.{fault.code}", f"{what}: {fault.message}", HINTS.get(fault.code, ""))
        for name in made.unknown:
            self.problem(
                path, "form.reference", f"{what}: there is no {name}", "Write ${name} with a name that exists."
            )
        for lint, (message, hint) in LINTS.items():
            if lint in made.lints:
                self.problem(path, f"form.{lint}", f"{what}: {message}", hint, warning=True)

    def compiler(self, path: str, what: str) -> Callable[[str], Expression | None]:
        return lambda source: self.compile(path, source, what)

    def texts(self, path: str, text_id: str, *, sort: str = "", what: str = "label") -> Texts:
        """A text by language code; empty where the form has none."""
        found = texts.shown_elements(self.form, text_id, sort=sort)
        compile_ = self.compiler(path, what)
        return {self.codes[name]: texts.template(element, compile_) for name, element in found.items()}

    def message(self, path: str, reference: str, what: str) -> Texts | None:
        if not reference:
            return None
        text_id = texts.itext_id(reference)
        return self.texts(path, text_id, what=what) if text_id else {self.default: (reference,)}

    @property
    def default(self) -> str:
        return next(iter(self.codes.values()))

    def specs(self) -> list[Spec]:
        known = set(self.slots)
        for path in self.form.binds:
            if path not in known and "/@" not in path:
                self.problem(path, "form.bind", f"a bind names {path}, which does not exist")
        return [self.spec(slot, node) for slot, node in enumerate(self.form.nodes)]

    def spec(self, slot: int, node: RawNode) -> Spec:
        bind = self.form.binds.get(node.path, {})
        preload = bind.get("preload", "")
        return Spec(
            slot,
            node.path,
            node.name,
            node.parent,
            node.end,
            type=bind.get("type", "string").rpartition(":")[2],
            initial=node.text,
            relevant=self.bound(node.path, bind, "relevant"),
            calculate=self.bound(node.path, bind, "calculate"),
            required=self.bound(node.path, bind, "required"),
            constraint=self.bound(node.path, bind, "constraint"),
            constraint_text=self.message(node.path, bind.get("constraintMsg", ""), "constraint_message"),
            required_text=self.message(node.path, bind.get("requiredMsg", ""), "required_message"),
            preload=Preload(preload, bind.get("preloadParams", "")) if preload else None,
            readonly=CONSTANT.get(bind.get("readonly", "").strip(), False),
            readonly_when=self.readonly(node.path, bind),
            repeat=self.slots.get(self.scope("").repeat_of(node.path), -1),
            inner=self.inner(node.path),
            keep=bind.get("keep", "").strip().lower() in YES,
            purpose=bind.get("purpose", "").strip(),
            alert=self.alert(node.path, bind),
            saveto=bind.get("saveto", "").strip(),
        )

    def inner(self, path: str) -> tuple[str, ...]:
        top = self.scope("").repeat_of(path)
        return tuple(path[len(top) :].split("/")[1:])

    def alert(self, path: str, bind: Mapping[str, str]) -> Expression | None:
        if not bind.get("alert", "").strip():
            return None
        self.supported(path, "alert")
        return self.bound(path, bind, "alert")

    def seeds(self, element: Element, path: str) -> tuple[Seed, ...]:
        """What stands at ``path`` and below from the start; templates do not."""
        found: list[Seed] = []
        self._plant(element, path, found)
        return tuple(found)

    def _plant(self, element: Element, path: str, into: list[Seed], *, above: int = -1, number: int = 1) -> None:
        place, kids, met = len(into), instances_of(element), Counter[str]()
        into.append(Seed(self.slots[path], "" if kids else (element.text or "").strip(), above, number))
        for key, text in meta_attributes(element, path).items():
            into.append(Seed(self.slots[f"{path}/@{key}"], text, place))
        for each in kids:
            name = local_name(each.tag)
            met[name] += 1
            self._plant(each, f"{path}/{name}", into, above=place, number=met[name])

    def bound(self, path: str, bind: Mapping[str, str], what: str) -> Expression | None:
        source = bind.get(what, "").strip()
        if not source or (what == "required" and CONSTANT.get(source) is False):
            return None
        if what == "relevant" and CONSTANT.get(source) is True:
            return None
        return self.compile(path, source, "calculation" if what == "calculate" else what)

    def readonly(self, path: str, bind: Mapping[str, str]) -> Expression | None:
        source = bind.get("readonly", "false()").strip()
        return None if source in CONSTANT else self.compile(path, source, "readonly")

    def actions(self) -> Actions:
        first: list[Action] = []
        every: list[Action] = []
        added: dict[int, tuple[Action, ...]] = {}
        changed: dict[int, tuple[Action, ...]] = {}
        for raw in self.form.actions:
            slot, events = self.slots.get(raw.ref), set(raw.event.split())
            if raw.kind != "setvalue":
                self.in_background(raw)
                continue
            made = self.compile(raw.ref, raw.value, "calculation" if raw.trigger else "default") if slot else None
            trigger = self.slots.get(raw.trigger, -1)
            if slot is None or made is None or not events <= EVENTS:
                message = f"the action “{raw.event}” on {raw.ref} cannot be carried out"
                self.problem(raw.ref, "form.action", message, "Use a calculation.")
                continue
            action = Action(slot, made)
            first += [action] if events & FIRST_LOAD else []
            every += [action] if EVERY_LOAD in events else []
            for event, table in ((NEW_REPEAT, added), (VALUE_CHANGED, changed)):
                if event in events:
                    table[trigger] = (*table.get(trigger, ()), action)
        return Actions(tuple(first), tuple(every), added, changed)

    def in_background(self, raw: RawAction) -> None:
        """What a tablet records by itself. The chat cannot, and nobody is asked instead: the node stays blank.

        Such an action has no text that says what is asked and why; a place is given only where a question does.
        """
        where = "background-geopoint" if raw.trigger else "start-geopoint"
        audio = raw.kind == "recordaudio"
        self.supported(raw.ref, "background-audio" if audio else "start-geopoint", what="" if audio else where)

    def program(self) -> Program:
        specs = self.specs()
        actions = self.actions()
        asker = Asker(self, specs)
        asked, plan = asker.all()
        self.last_saved(specs)
        sealed = sealing.sealed_slots(specs, asked, actions, asker.loops.values())
        asked = tuple(replace(each, sealed=each.slot in sealed) for each in asked)
        specs = graph.with_named(specs, asked)
        ordered = self.order(specs)
        return Program(
            specs=tuple(specs),
            slots=self.slots,
            asked=asked,
            entries=tuple(ordered),
            dependents=graph.dependents(specs, ordered),
            filtered=tuple(n for n, each in enumerate(asked) if _filters(each)),
            clocked=tuple(n for n, entry in enumerate(ordered) if entry.expression.volatile),
            actions=actions,
            instances=self.form.instances,
            earlier=self.earlier,
            default_language=self.default,
            start=self.seeds(self.form.start, specs[0].path),
            plan=plan,
            loops=dict(
                sorted(asker.loops.items())
            ),  # outer ones first: resuming makes their instances before those inside
            root=self.form.root,
            version=self.form.version,
            texts=itexts.compiled(self.form, self.texts, self.slots) if self.itexts else {},
        )

    def last_saved(self, specs: list[Spec]) -> None:
        """What is read of the last record must be kept from it."""
        kept = {spec.path for spec in specs if spec.keep}
        for name, what in self.earlier.items():
            for path in {path for path in LAST.findall(self.form_text(name)) if what == LAST_SAVED} - kept:
                message = f"the form reads the last answer to {path}, which is not kept"
                self.problem(path, "form.keep", message, "Write yes in its column bind::cora:keep.")

    def form_text(self, name: str) -> str:
        """Every expression that may read the instance ``name``."""
        held = [text for bind in self.form.binds.values() for text in bind.values()]
        held += [action.value for action in self.form.actions]
        for texts_ in self.form.translations.values():
            for each in (element for forms in texts_.values() for element in forms.values()):
                held += [output.get("value", "") for output in each]
        held += [node.attrib.get("nodeset", "") for control in self.form.controls for node in control.element.iter()]
        return "\n".join(text for text in held if name in text)

    def order(self, specs: list[Spec]) -> list[Entry]:
        """The entries as they must be computed; circles are noted with their chain."""
        found = graph.entries(specs)
        order, circles = graph.Graph(specs, found).sorted()
        for circle in circles:
            chain = " → ".join(graph.chain(specs, [found[at] for at in circle]))
            path = specs[found[circle[0]].slot].path
            self.problem(path, "form.cycle", f"definitions go round in a circle: {chain}", "Break the circle.")
        for spec in specs:
            if spec.required is not None and spec.slot in spec.required.reads:
                message = f"whether {spec.name} is required depends on {spec.name} itself"
                self.problem(spec.path, "form.cycle", message, "Only a constraint may read its own question.")
        return [found[at] for at in order]


def _filters(asked: Asked) -> bool:
    return asked.itemset is not None and asked.itemset.filtered


LINTS: dict[str, tuple[str, str]] = {
    "several-nodes": (
        "it reads one answer of a repeat that may have several: the first is taken, a tablet will fail",
        "Use indexed-repeat(), sum() or join().",
    ),
    "tablet-function": (
        "it calls a function in a way that works here, but not on a tablet",
        "Use int(), round(), substr() or coalesce() with two arguments.",
    ),
    "collect-function": (
        "it calls a function that only newer versions of ODK Collect know",
        "Try the form on the tablets you use.",
    ),
    "no-text": ("jr:itext() names a text that the form does not have", "Look its id up with “cora form xml”."),
    "text-with-outputs": (
        "it takes a text with ${…} in it, which is filled in here but not on a tablet",
        "Use concat().",
    ),
    "union": ("“|” works here, but a tablet will fail", "Use if() or coalesce()."),
    "descendant": ("“//” works here, but a tablet will fail", "Write the whole path, or ${name}."),
    "any-node": ("“node()” works here, but a tablet will fail", "Write the name."),
    "bracketed-path": ("a path after brackets works here, but a tablet will fail", "Write one path."),
}
