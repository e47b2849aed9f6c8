"""The questions of a form: which kind each control is, what it says, what can be chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from cora_bot.forms import texts
from cora_bot.forms.expr.compiler import compile_nodes
from cora_bot.forms.expr.errors import ExpressionError
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.parser import parse
from cora_bot.forms.expr.syntax import Ast, Call, Path, Step
from cora_bot.forms.model import MEDIA, Kind
from cora_bot.forms.program import Asked, Choice, Itemset, Loop, Media, Planned, Section, Spec, Template, Texts
from cora_bot.forms.xform import Control, RawGroup, RawItem, RawRepeat, child, children

if TYPE_CHECKING:
    from cora_bot.forms.build import Builder

INPUTS = {
    "int": Kind.INTEGER,
    "integer": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "string": Kind.TEXT,
    "barcode": Kind.TEXT,
    "time": Kind.TIME,
    "dateTime": Kind.DATETIME,
    "geopoint": Kind.GEOPOINT,
}
UPLOADS = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}
LEAVES = {"int", "integer", "decimal", "date", "dateTime", "time", "string", "boolean", "barcode", "rank", "binary"}
DRAWING = re.compile(r"\b(signature|draw|annotate|image-map)\b")
INTENT = re.compile(r"\b(ex|printer):")
ADD, NO_MORE, TAKE_AWAY = range(3)
REPEAT_CHOICES = (Choice("add", {}), Choice("no", {}), Choice("remove", {}))
CLIPS = ("audio", "image", "big-image", "video")
MAX_STEPS = 11  # a range of that many steps is shown as buttons


def kind_of(control: Control, spec: Spec) -> Kind | None:
    """None: a control the chat cannot ask yet."""
    if spec.readonly or (spec.calculate is not None and control.tag == "input"):
        return Kind.NOTE if control.tag == "input" else None
    match control.tag:
        case "select1":
            return Kind.SELECT_ONE
        case "select":
            return Kind.SELECT_MANY
        case "trigger":
            return Kind.ACKNOWLEDGE
        case "range":
            return Kind.RANGE
        case "rank":
            return Kind.RANK
        case "upload":
            return UPLOADS.get(control.attributes.get("mediatype", "").partition("/")[0], Kind.FILE)
        case "input" if spec.type in INPUTS:
            return INPUTS[spec.type]
        case _:
            return None


class Asker:
    """Builds the questions of one form."""

    def __init__(self, builder: Builder, specs: list[Spec]) -> None:
        self.builder = builder
        self.specs = specs
        self.shared: dict[str, tuple[Choice, ...]] = {}
        self.asked: list[Asked] = []
        self.loops: dict[int, Loop] = {}

    def all(self) -> tuple[tuple[Asked, ...], tuple[Planned, ...]]:
        """The questions, and the plan that says in which order they stand and what is repeated."""
        plan = tuple(self.planned(self.builder.form.items))
        seen = {control.ref for control in self.builder.form.controls}
        for spec in self.specs:
            if spec.path not in seen and spec.type not in LEAVES:
                self.unsupported(spec.path, spec.type)
        return tuple(self.asked), plan

    def planned(self, items: tuple[RawItem, ...]) -> Iterator[Planned]:
        for item in items:
            slot = self.builder.slots.get(item.ref)
            if slot is None:
                message = f"a question asks for {item.ref}, which does not exist"
                self.builder.problem(item.ref, "form.reference", message)
            elif isinstance(item, RawRepeat):
                yield self.loop(item, self.specs[slot])
            elif isinstance(item, RawGroup):
                yield Section(slot, tuple(self.planned(item.items)))
            else:
                made = self.one(item, self.specs[slot])
                if made is not None:
                    self.asked.append(made)
                    yield len(self.asked) - 1

    def loop(self, repeat: RawRepeat, spec: Spec) -> Loop:
        self.builder.supported(spec.path, "repeat")
        count = None
        if repeat.count:
            count = self.builder.compile(spec.path, repeat.count, "repeat_count")
        labels = self.texts(spec.path, repeat.label, "label")
        items = tuple(self.planned(repeat.items))
        asks = not repeat.count and not repeat.fixed
        if asks:
            media = self.media(spec.path, repeat.label)
            self.asked.append(Asked(spec.slot, Kind.REPEAT, labels, {}, {}, choices=REPEAT_CHOICES, media=media))
        number = len(self.asked) - 1 if asks else -1
        template = self.builder.seeds(self.builder.form.templates[spec.path], spec.path)
        made = Loop(spec.slot, spec.name, number, items, count, repeat.fixed, labels, template)
        self.loops[spec.slot] = made
        return made

    def unsupported(self, path: str, what: str) -> None:
        known = what if what in self.builder.channel else "other"
        self.builder.supported(path, known, what=what)

    def one(self, control: Control, spec: Spec) -> Asked | None:
        kind = kind_of(control, spec)
        if kind is None:
            self.unsupported(spec.path, spec.type if control.tag in ("input", "upload") else control.tag)
            return None
        self.builder.supported(spec.path, kind.value, what="dateTime" if kind is Kind.DATETIME else "")
        appearance = control.attributes.get("appearance", "")
        if DRAWING.search(appearance) and kind in MEDIA:
            self.builder.supported(spec.path, "drawing", what=appearance)
        if INTENT.search(appearance):
            self.builder.supported(spec.path, "intent", what=appearance)
        if kind is Kind.NOTE and spec.required is not None:
            self.builder.problem(spec.path, "form.note-required", "a note cannot be required", "Clear the cell.")
        if kind is Kind.RANGE and range_ends(control) is None:
            hint_ = "Write parameters such as “start=0 end=10 step=1”."
            self.builder.problem(spec.path, "form.range", "the range needs a start, an end and a step", hint_)
        label, hint = child(control.element, "label"), child(control.element, "hint")
        choices, itemset = self.choices(control, spec)
        return Asked(
            spec.slot,
            kind,
            labels=self.texts(spec.path, label, "label"),
            hints=self.texts(spec.path, hint, "hint"),
            guidance=self.texts(spec.path, hint, "guidance_hint", sort="guidance"),
            choices=range_choices(control) if kind is Kind.RANGE else choices,
            itemset=itemset,
            media=self.media(spec.path, label),
        )

    def texts(self, path: str, element: Element | None, what: str, *, sort: str = "") -> Texts:
        if element is None:
            return {}
        reference = element.get("ref", "")
        if reference:
            return self.builder.texts(path, texts.itext_id(reference), sort=sort, what=what)
        if sort or texts.missing(element):
            return {}
        return {self.builder.default: texts.template(element, self.builder.compiler(path, what))}

    def media(self, path: str, element: Element | None) -> Media:
        """What says or shows the label."""
        return self.clips(path, texts.itext_id(element.get("ref", ""))) if element is not None else {}

    def clips(self, path: str, text_id: str) -> Media:
        if not text_id:
            return {}
        named = {sort: self.builder.texts(path, text_id, sort=sort, what="media") for sort in CLIPS}
        files = {sort: {at: _file(parts) for at, parts in held.items()} for sort, held in named.items() if held}
        if "big-image" in files:
            files.setdefault("image", files.pop("big-image"))
        return files

    def choices(self, control: Control, spec: Spec) -> tuple[tuple[Choice, ...], Itemset | None]:
        itemset = child(control.element, "itemset")
        if itemset is None:
            items = [self.item(item, spec.path) for item in children(control.element, "item")]
            return tuple(items), None
        source = itemset.get("nodeset", "")
        try:
            bare, filtered, randomized = _unfiltered(parse(source))
            nodes, expression = compile_nodes(source, self.builder.scope(spec.path))
        except ExpressionError as error:
            self.builder.problem(spec.path, f"form.{error.code}", f"choice_filter: {error}")
            return (), None
        self.builder.judge(spec.path, expression, "choice_filter")
        return self.listed(bare, itemset, spec.path), Itemset(nodes, expression, filtered, randomized)

    def item(self, item: Element, path: str) -> Choice:
        value = child(item, "value")
        return Choice(
            (value.text or "").strip() if value is not None else "",
            self.texts(path, child(item, "label"), "label"),
            self.media(path, child(item, "label")),
        )

    def listed(self, bare: Path | None, itemset: Element, path: str) -> tuple[Choice, ...]:
        """Every choice of the list, in its order; ``Node.index`` of an item is its place here."""
        value, label = child(itemset, "value"), child(itemset, "label")
        value_name = value.get("ref", "name") if value is not None else "name"
        label_name = label.get("ref", "label") if label is not None else "label"
        name = _instance(bare)
        if bare is None or name not in self.builder.form.instances:
            self.builder.problem(
                path, "form.choices", "the choices must come from the choices sheet or a file beside the form"
            )
            return ()
        key = f"{name} {value_name} {label_name}"
        if key not in self.shared:
            items = self.builder.form.instances[name].children[0].children
            for node in items:
                node.value = _text(node, value_name)
            held = texts.itext_id(label_name)
            self.shared[key] = tuple(
                Choice(
                    str(node.value),
                    self.labelled(node, label_name, path),
                    self.clips(path, _text(node, held)) if held else {},
                )
                for node in items
            )
        return self.shared[key]

    def labelled(self, node: Node, label_name: str, path: str) -> Texts:
        held = texts.itext_id(label_name)
        if held:
            return self.builder.texts(path, _text(node, held), what="choice label")
        text = _text(node, label_name)
        return {self.builder.default: (text,)} if text.strip() not in ("", texts.MISSING) else {}


def _file(parts: Template) -> str:
    """``x.mp3`` of ``jr://audio/x.mp3``."""
    return texts.raw(parts).strip().rpartition("/")[2]


def _text(node: Node, name: str) -> str:
    return next((str(kid.value) for kid in node.named(name)), "")


def _unfiltered(tree: Ast) -> tuple[Path | None, bool, bool]:
    """The path without its filter, whether it had one, whether it is shuffled."""
    match tree:
        case Call("randomize", (inner, *_)):
            bare, filtered, _shuffled = _unfiltered(inner)
            return bare, filtered, True
        case Path(start, steps):
            plain = tuple(Step(step.axis, step.name) for step in steps)
            return Path(start, plain), plain != steps, False
        case _:
            return None, False, False


def _instance(path: Path | None) -> str:
    match path:
        case Path(Call("instance", (literal,)), (Step("child", "root"), Step("child", "item"))):
            return str(getattr(literal, "text", ""))
        case _:
            return ""


def range_ends(control: Control) -> tuple[Decimal, Decimal, Decimal] | None:
    """Start, end and step (towards the end); None where they are no numbers or the step is 0."""
    try:
        start, end, step = (Decimal(control.attributes.get(name, "")) for name in ("start", "end", "step"))
    except InvalidOperation:
        return None
    if not (start.is_finite() and end.is_finite() and step.is_finite() and step):
        return None
    return start, end, abs(step) if end >= start else -abs(step)


def range_choices(control: Control) -> tuple[Choice, ...]:
    """The steps of a range as choices, where they are few enough for buttons."""
    ends = range_ends(control)
    if ends is None:
        return ()
    start, end, step = ends
    count = int((end - start) / step) + 1
    if not 1 <= count <= MAX_STEPS:
        return ()
    return tuple(Choice(format((start + step * n).normalize(), "f"), {}) for n in range(count))
