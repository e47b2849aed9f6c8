"""What is wrong with an answer by the form's own rules: required, constraint, read only."""

from __future__ import annotations

from cora_bot.forms.instance import Instance
from cora_bot.forms.program import Texts
from cora_bot.forms.rendering import Renderer
from cora_bot.forms.route import Stop
from cora_bot.forms.stored import typed
from cora_bot.forms.values import Violation, ViolationCode


def required(instance: Instance, stop: Stop) -> bool:
    expression = None if stop.loop is not None else instance.program.specs[stop.node.slot].required
    return instance.holds(expression, stop.node, otherwise=False)


def read_only(instance: Instance, stop: Stop) -> bool:
    """Whether it may only be read as things stand."""
    expression = None if stop.loop is not None else instance.program.specs[stop.node.slot].readonly_when
    return expression is not None and instance.holds(expression, stop.node, otherwise=False)


def refused(instance: Instance, renderer: Renderer, stop: Stop, value: str, language: str) -> Violation | None:
    """Why a value cannot be taken. Nothing is changed."""
    node, spec = stop.node, instance.program.specs[stop.node.slot]
    if read_only(instance, stop):
        return Violation(ViolationCode.NOT_A_CHOICE)
    if not value:
        asked = required(instance, stop)
        return _violation(ViolationCode.REQUIRED, spec.required_text, stop, renderer, language) if asked else None
    before, node.value = node.value, typed(value, spec.type, instance.context.zone)
    try:
        if instance.holds(spec.constraint, node, otherwise=True):
            return None
        # A tablet's message sees the value as it was.
        node.value = before
        return _violation(ViolationCode.CONSTRAINT, spec.constraint_text, stop, renderer, language)
    finally:
        node.value = before


def failing(instance: Instance, renderer: Renderer, stop: Stop, language: str) -> Violation | None:
    """What is wrong with the answer as it is stored."""
    node, spec = stop.node, instance.program.specs[stop.node.slot]
    if read_only(instance, stop):
        return None
    if not instance.has_answer(node):
        return refused(instance, renderer, stop, "", language)
    if node in instance.sealed or instance.holds(spec.constraint, node, otherwise=True):
        return None
    return _violation(ViolationCode.CONSTRAINT, spec.constraint_text, stop, renderer, language)


def _violation(code: ViolationCode, texts: Texts | None, stop: Stop, renderer: Renderer, language: str) -> Violation:
    return Violation(code, renderer.text(texts or {}, language, stop.node))
