"""Texts as they are shown: in the language asked for, else the form's default, with outputs filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cora_bot.forms.expr.context import no_label, no_text
from cora_bot.forms.expr.errors import EvaluationError
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.values import to_text
from cora_bot.forms.instance import Instance
from cora_bot.forms.program import Asked, Media, Program, Template, Texts
from cora_bot.forms.shown import Clip

MAX_DEPTH: Final = 4  # texts that take texts


class Renderer:
    """Reads the live instance at the moment of asking. ``language`` is the one that calculations speak: whoever changes
    it has them worked out anew."""

    def __init__(self, program: Program, instance: Instance) -> None:
        self.program = program
        self.instance = instance
        self.language = program.default_language
        self.depth = 0
        instance.context.choice_name = self.choice_name
        instance.context.itext = self.itext

    def close(self) -> None:
        """Expressions no longer speak through it: it and the instance let go of each other."""
        self.instance.context.choice_name = no_label
        self.instance.context.itext = no_text

    def text(self, texts: Texts, language: str, node: Node) -> str:
        """'' where neither language has it. Without a language, the one that is spoken."""
        parts = texts.get(language or self.language)
        if parts is None:
            parts = texts.get(self.program.default_language)
        return self._filled(parts, node) if parts is not None else ""

    def choice(self, asked: Asked, index: int, language: str, node: Node) -> str:
        """A choice's label; its value where it has none."""
        choice = asked.choices[index]
        return self.text(choice.texts, language, node) or choice.value

    def clips(self, media: Media, language: str) -> tuple[Clip, ...]:
        """What says or shows a text: in the language, else in the form's default."""
        files = ((sort, held.get(language) or held.get(self.program.default_language)) for sort, held in media.items())
        return tuple(Clip(sort, file) for sort, file in files if file)

    def choice_name(self, path: str, value: str) -> str:
        """What ``jr:choice-name`` shows: the label of a question's choice in the language asked in."""
        slot, context = self.program.slots.get(path), self.instance.context
        for asked in self.program.asked:
            if asked.slot == slot:
                context.spend(len(asked.choices))
                for index, choice in enumerate(asked.choices):
                    if choice.value == value:
                        return self._named(asked, index)
        return ""

    def _named(self, asked: Asked, index: int) -> str:
        node = self.instance.context.current
        return self._within(lambda: self.choice(asked, index, self.language, node))

    def itext(self, text_id: str) -> str:
        """What ``jr:itext`` gives: a text of the form in the language asked in."""
        held = self.program.texts.get(text_id)
        if held is None:
            return no_text(text_id)
        slot, texts = held
        node = next(iter(self.instance.tree.near(slot, self.instance.context.current)), None)
        return "" if node is None else self._within(lambda: self.text(texts, "", node))

    def _within(self, say: Callable[[], str]) -> str:
        """A text inside an evaluation, which goes on afterwards where it stood. Raises EvaluationError."""
        context = self.instance.context
        before = context.node, context.current, context.position, context.size
        if self.depth >= MAX_DEPTH:
            raise EvaluationError("texts take one another in a circle")
        self.depth += 1
        try:
            return say()
        finally:
            self.depth -= 1
            context.node, context.current, context.position, context.size = before

    def _filled(self, parts: Template, node: Node) -> str:
        if len(parts) == 1 and isinstance(parts[0], str):  # most labels; lists may have ten thousand
            return parts[0].strip()
        out: list[str] = []
        for part in parts:
            if isinstance(part, str):
                out.append(part)
                continue
            value = self.instance.evaluate(part, node)
            out.append("" if value is None else to_text(value))
        return "".join(out).strip()
