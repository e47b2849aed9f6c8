"""Syntax tree -> closures. ``compile_expression`` is the room's door; what it finds goes into the Expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cora_bot.forms.expr import coerce, lazy, operators, paths
from cora_bot.forms.expr.context import Context, NodesRun, Run
from cora_bot.forms.expr.errors import EvaluationError, ExpressionError
from cora_bot.forms.expr.functions import FUNCTIONS
from cora_bot.forms.expr.functions.function import Function
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.parser import parse
from cora_bot.forms.expr.scope import Compiled, Expression, Fault, Findings, Scope
from cora_bot.forms.expr.syntax import Ast, Binary, Call, Literal, Negate, Number, Path
from cora_bot.forms.expr.values import Value

FREE = Scope()
LONG = 1_000  # characters of a text from which on looking through it counts as steps
LETTERS = 32  # of a long text that make one step
COLLECT_KNOWS = {"intersects"}
TABLET_KNOWS_NOT = {"floor", "ceiling", "substring", "last", "name", "local-name"}


def compile_expression(source: str, scope: Scope = FREE) -> Expression:
    """Raises ExpressionError for syntax and unsupported axes; unknown functions are ``faults`` of the expression."""
    compiler = Compiler(scope)
    try:
        made = compiler.value(parse(source))
    except RecursionError as error:
        raise ExpressionError("syntax", "the expression is nested too deep") from error
    return _expression(source, made, compiler.findings)


def compile_nodes(source: str, scope: Scope = FREE) -> tuple[NodesRun, Expression]:
    """An expression that must yield nodes (an itemset's nodeset), and what is known of it."""
    compiler = Compiler(scope)
    nodes = compiler.nodes(parse(source))
    if nodes is None:
        raise ExpressionError("nodes", "the expression must be a path")
    return nodes, _expression(source, Compiled(paths.first_value(nodes)), compiler.findings)


def _expression(source: str, made: Compiled, found: Findings) -> Expression:
    return Expression(
        source,
        made.run,
        made.gives,
        frozenset(found.reads),
        tuple(dict.fromkeys(found.unknown)),
        frozenset(found.lints),
        tuple(found.faults),
        found.volatile,
        found.size,
        frozenset(found.names),
    )


class Compiler:
    """One expression's compilation."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.findings = Findings()
        self.resolver = paths.Resolver(scope, self.findings)
        self.inside = False

    def value(self, tree: Ast) -> Compiled:
        self.findings.size += 1
        match tree:
            case Number(value):
                return Compiled(lambda _context: value, "n")
            case Literal(text):
                return Compiled(lambda _context: text, "s")
            case Negate(operand):
                return operators.negate(self.value(operand))
            case Binary("|", _, _):
                return Compiled(paths.first_value(self.union(tree)))
            case Binary(symbol, left, right):
                if symbol in ("and", "or"):
                    self.lint_boolean(left, right)
                return operators.binary(symbol, self.value(left), self.value(right))
            case Call():
                return self.call(tree)
            case Path():
                return self.path(tree)

    def nodes(self, tree: Ast) -> NodesRun | None:
        """The nodes of a path, or None where the tree is no path."""
        match tree:
            case Path():
                return self.path_nodes(tree)
            case Binary("|", _, _):
                return self.union(tree)
            case Call():
                return lazy.node_function(self, tree)
            case _:
                return None

    def path_only(self, tree: Ast, function: str) -> NodesRun:
        """The nodes of an argument that must be a path."""
        nodes = self.nodes(tree)
        if nodes is None:
            raise ExpressionError("nodes", f"{function}() takes a path")
        return nodes

    def union(self, tree: Binary) -> NodesRun:
        self.findings.lints.add("union")
        left, right = self.nodes(tree.left), self.nodes(tree.right)
        if left is None or right is None:
            raise ExpressionError("nodes", "“|” joins paths only")

        def run(context: Context) -> list[Node]:
            return list(dict.fromkeys([*left(context), *right(context)]))

        return run

    def path(self, tree: Path) -> Compiled:
        found = self.resolver.prefix(tree, self.inside)
        if found is not None and not found.steps:
            self.resolver.read(found.slot)
            if not found.single:
                self.findings.lints.add("several-nodes")
            return Compiled(found.value())
        match tree:
            case Path("context", (step,)) if self.inside and not step.predicates and step.name != "*":
                if step.axis == "child":
                    if self.resolver.item is not None:
                        self.resolver.read_way((*self.resolver.item, step.name))
                    return Compiled(paths.child_value(step.name))
        return Compiled(paths.first_value(self.path_nodes(tree)))

    def path_nodes(self, tree: Path) -> NodesRun:
        found = self.resolver.prefix(tree, self.inside)
        if found is not None and not found.steps:
            self.resolver.read(found.slot)
            return found.nodes()
        steps = tree.steps if found is None else found.steps
        start = self.start(tree.start) if found is None else found.nodes()
        way = found.names if found is not None else self.resolver.item if tree.start == "context" else None
        self.lint_steps(tree)
        outer, item = self.inside, self.resolver.item
        self.inside, runs = True, []
        for step in steps:
            way = paths.along(way, step) if way is not None else None
            self.resolver.item = way
            runs.append(paths.step_run(step, [self.predicate(test) for test in step.predicates]))
        self.inside, self.resolver.item = outer, item
        if way is not None:
            self.resolver.read_way(way)
        elif found is not None:
            self.resolver.read_below(found.slot)
        elif tree.start == "root" and steps:
            self.resolver.read_named(steps[-1].name)
        return paths.walked(start, runs)

    def predicate(self, tree: Ast) -> paths.Predicate:
        """What is run for each node, and how many steps that takes."""
        before = self.findings.size
        made = self.value(tree)
        return paths.Predicate(made.run, made.gives, self.findings.size - before)

    def static(self, tree: Ast) -> paths.Target | None:
        """Where a plain path of the form leads; None for anything else."""
        found = self.resolver.prefix(tree, False) if isinstance(tree, Path) and not self.inside else None
        return found if found is not None and not found.steps else None

    def start(self, start: str | Ast) -> NodesRun:
        if isinstance(start, str):
            return (lambda context: [context.root]) if start == "root" else (lambda context: [context.node])
        instance = self.resolver.instance(start)
        if instance is not None:
            return lambda context: [context.instances[instance]] if instance in context.instances else []
        nodes = self.nodes(start)
        if nodes is None:
            raise ExpressionError("nodes", "only a path can be followed by “/” or “[”")
        return nodes

    def call(self, tree: Call) -> Compiled:
        """A call that cannot run is noted, and throws when reached, as on a tablet."""
        try:
            return self.known_call(tree)
        except ExpressionError as error:
            fault = Fault(error.code, str(error))
            self.findings.faults.append(fault)
            return Compiled(throwing(fault))

    def known_call(self, tree: Call) -> Compiled:
        if tree.name in TABLET_KNOWS_NOT or (tree.name == "coalesce" and len(tree.arguments) != 2):
            self.findings.lints.add("tablet-function")
        special = lazy.LAZY.get(tree.name)
        if special is not None:
            return special(self, tree)
        nodes = lazy.node_function(self, tree)
        if nodes is not None:
            return Compiled(paths.first_value(nodes))
        function = FUNCTIONS.get(tree.name)
        if function is None:
            raise ExpressionError("function", f"there is no function “{tree.name}()”")
        lazy.check_count(tree, function.least, function.most)
        if tree.name in ("not", "boolean"):
            self.lint_boolean(*tree.arguments)
        if tree.name == "jr:choice-name":
            tree = Call(tree.name, (tree.arguments[0], self.question(tree.arguments[1])))
        if tree.name == "jr:itext":
            self.read_text(tree.arguments[0])
        if tree.name in COLLECT_KNOWS:
            self.findings.lints.add("collect-function")
        self.findings.volatile |= function.volatile
        return Compiled(self.eager(function, tree), function.gives)

    def eager(self, function: Function, tree: Call) -> Run:
        if "f" in function.takes:
            return self.flat(function, tree)
        kinds = function.takes.ljust(len(tree.arguments), function.takes[-1:] or "v")
        arguments = [self.argument(kind, each) for kind, each in zip(kinds, tree.arguments, strict=False)]
        return bind(function.call, arguments, context=function.context)

    def argument(self, kind: str, tree: Ast) -> Callable[[Context], Any]:
        match kind:
            case "n":
                return coerce.number(self.value(tree))
            case "s":
                run = coerce.text(self.value(tree))
                return run if isinstance(tree, Literal) else metered(run)
            case "b":
                return coerce.boolean(self.value(tree))
            case "d":
                return coerce.day(self.value(tree))
            case "N":
                nodes = self.nodes(tree)
                if nodes is None:
                    raise ExpressionError("nodes", "the function takes a path")
                return nodes
            case _:
                return self.value(tree).run

    def flat(self, function: Function, tree: Call) -> Run:
        """Functions whose last arguments are values or nodes: they get one flat list."""
        plain = function.takes.index("f")
        lead = [self.argument(function.takes[at], each) for at, each in enumerate(tree.arguments[:plain])]
        rest = tree.arguments[plain:]
        parts = [self.spread(each, alone=len(rest) == 1) for each in rest]
        call = function.call

        def run(context: Context) -> Value:
            values = [value for part in parts for value in part(context)]
            return call(*[each(context) for each in lead], values)  # type: ignore[no-any-return]

        return run

    def spread(self, tree: Ast, *, alone: bool) -> Callable[[Context], list[Value]]:
        """All nodes of a path; but one of several arguments that is one node counts as '' when not relevant."""
        if not alone and isinstance(tree, Path):
            found = self.resolver.prefix(tree, self.inside)
            if found is not None and not found.steps and found.single:
                run = self.path(tree).run
                return lambda context: [run(context)]
        nodes = self.nodes(tree)
        if nodes is not None:
            return lambda context: [node.value for node in nodes(context)]
        run = self.value(tree).run
        return lambda context: [run(context)]

    def question(self, tree: Ast) -> Ast:
        """The path in a text that jr:choice-name() takes, from the top; it must lead to a question."""
        if not isinstance(tree, Literal) or not self.scope.slots:
            return tree
        found = self.static(parse(tree.text))
        if found is None:
            self.findings.unknown.append(tree.text.strip())
            return tree
        self.findings.names.add(found.slot)
        return Literal("/" + "/".join(found.names))

    def read_text(self, tree: Ast) -> None:
        """What a text reads that jr:itext() takes; where its id is worked out: what the texts of all choices read."""
        known = self.scope.texts
        if not isinstance(tree, Literal):
            read = [reads for text_id, reads in known.items() if not text_id.startswith("/")]
        else:
            read = [known[tree.text]] if tree.text in known else []
            if self.scope.slots and not read:
                self.findings.lints.add("no-text")
        self.findings.reads.update(*read)
        if any(read):
            self.findings.lints.add("text-with-outputs")

    def lint_steps(self, tree: Path) -> None:
        """What a tablet cannot walk."""
        if any(step.axis == "descendant-or-self" for step in tree.steps):
            self.findings.lints.add("descendant")
        if any(step.name == "node()" for step in tree.steps):
            self.findings.lints.add("any-node")
        if isinstance(tree.start, Path | Binary):
            self.findings.lints.add("bracketed-path")

    def lint_boolean(self, *trees: Ast) -> None:
        """A bare reference as a truth: blank is false here and on tablets, true elsewhere."""
        if any(isinstance(tree, Path) for tree in trees):
            self.findings.lints.add("truth-of-reference")


def metered(run: Callable[[Context], str]) -> Callable[[Context], str]:
    """A text for a function: a long one counts as steps."""

    def text(context: Context) -> str:
        made = run(context)
        if len(made) > LONG:
            context.spend(len(made) // LETTERS)
        return made

    return text


def throwing(fault: Fault) -> Run:
    def run(_context: Context) -> Value:
        raise EvaluationError(fault.message)

    return run


def bind(call: Callable[..., Any], arguments: list[Callable[[Context], Any]], *, context: bool) -> Run:
    if context:
        return lambda ctx: call(ctx, *[each(ctx) for each in arguments])
    match arguments:
        case []:
            return lambda _ctx: call()
        case [a]:
            return lambda ctx: call(a(ctx))
        case [a, b]:
            return lambda ctx: call(a(ctx), b(ctx))
        case _:
            return lambda ctx: call(*[each(ctx) for each in arguments])
