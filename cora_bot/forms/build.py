"""An XForm's plain values -> nodes with compiled expressions, questions, order. What is wrong is collected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from cora_bot.base.problems import Problem, Severity
from cora_bot.forms import graph, sealing, texts
from cora_bot.forms.asking import Asker
from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.errors import ExpressionError
from cora_bot.forms.expr.scope import Expression, Scope
from cora_bot.forms.program import Action, Asked, Entry, Preload, Program, Spec, Texts
from cora_bot.forms.sheets import Places
from cora_bot.forms.xform import RawNode, XForm

FIRST_LOAD = {"odk-instance-first-load", "xforms-ready"}
CONSTANT = {"true()": True, "false()": False, "yes": True, "no": False}
HINTS = {
    "function": "Check its spelling against the functions of the XLSForm reference.",
    "arguments": "Check the function in the XLSForm reference.",
}


class Builder:
    """One form's build. ``problems`` fills up; ``program()`` is complete only when there are no errors among them."""

    def __init__(self, form: XForm, places: Places, file: str) -> None:
        self.form = form
        self.places = places
        self.file = file
        self.problems: list[Problem] = []
        self.slots = {node.path: slot for slot, node in enumerate(form.nodes)}
        self.codes = texts.language_codes(form)
        self.instances = frozenset(form.instances)

    def problem(self, path: str, code: str, message: str, hint: str = "", *, warning: bool = False) -> None:
        row = self.places.row(path)
        severity = Severity.WARNING if warning else Severity.ERROR
        sheet = "survey" if row is not None else ""
        self.problems.append(Problem(code, message, hint, self.file, sheet, row, severity))

    def compile(self, path: str, source: str, what: str) -> Expression | None:
        """None when it cannot be compiled; the reason is noted."""
        try:
            made = compile_expression(source, Scope(path, self.slots, self.instances))
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
            readonly=self.readonly(node.path, bind),
        )

    def bound(self, path: str, bind: Mapping[str, str], what: str) -> Expression | None:
        source = bind.get(what, "").strip()
        if not source or (what == "required" and CONSTANT.get(source) is False):
            return None
        if what == "relevant" and CONSTANT.get(source) is True:
            return None
        return self.compile(path, source, "calculation" if what == "calculate" else what)

    def readonly(self, path: str, bind: Mapping[str, str]) -> bool:
        source = bind.get("readonly", "false()").strip()
        if source not in CONSTANT:
            self.problem(
                path, "form.readonly", "readonly must be yes or no", "An expression is not supported here yet."
            )
        return CONSTANT.get(source, False)

    def actions(self) -> Iterator[Action]:
        for raw in self.form.actions:
            slot = self.slots.get(raw.ref)
            if not set(raw.event.split()) & FIRST_LOAD or slot is None or not raw.value:
                message = f"the action “{raw.event}” is not supported yet"
                self.problem(raw.ref, "form.action", message, "Use a calculation.")
                continue
            made = self.compile(raw.ref, raw.value, "default")
            if made is not None:
                yield Action(slot, made)

    def program(self) -> Program:
        for repeat in self.form.repeats:
            self.problem(repeat, "form.repeat", "repeats are not supported yet", "Ask with single questions.")
        for source in self.form.external:
            self.problem(
                "", "form.file", f"the form reads {source}; files are not supported yet", "Use the choices sheet."
            )
        specs = self.specs()
        actions = tuple(self.actions())
        asked = tuple(Asker(self, specs).all())
        sealed = sealing.sealed_slots(specs, asked, actions)
        asked = tuple(replace(each, sealed=each.slot in sealed) for each in asked)
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
            default_language=self.default,
        )

    def order(self, specs: list[Spec]) -> list[Entry]:
        """The entries as they must be computed; circles are noted with their chain."""
        found = graph.entries(specs)
        order, circles = graph.Graph(specs, found).sorted()
        for circle in circles:
            names = [specs[found[at].slot].name for at in circle]
            chain = " → ".join([*names, names[0]])
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
    "union": ("“|” works here, but a tablet will fail", "Use if() or coalesce()."),
    "descendant": ("“//” works here, but a tablet will fail", "Write the whole path, or ${name}."),
    "any-node": ("“node()” works here, but a tablet will fail", "Write the name."),
    "bracketed-path": ("a path after brackets works here, but a tablet will fail", "Write one path."),
}
