"""F-16 the language beyond the consensus cases: what the design takes where engines differ, what is read, what is
bounded; F-17 today() and now() are the person's, frozen."""

from __future__ import annotations

import base64
import math
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from cora_bot.base.clock import monotonic
from cora_bot.forms.expr.compiler import compile_expression
from cora_bot.forms.expr.context import MAX_MATCHING, MAX_TEXT, MAX_WORK, Context
from cora_bot.forms.expr.errors import BudgetError, EvaluationError, ExpressionError
from cora_bot.forms.expr.functions.nodesets import shuffled
from cora_bot.forms.expr.nodes import Node
from cora_bot.forms.expr.scope import Scope
from cora_bot.forms.expr.values import Value, number_text

SLOTS = {"/data": 0, "/data/a": 1, "/data/g": 2, "/data/g/b": 3, "/data/g/c": 4, "/data/d": 5}


def context(*, now: str = "2026-11-22T20:00:00+00:00", zone: str = "Asia/Kabul") -> Context:
    """/data: a = 5, g/b = "x y", g/c blank, d = 2026-03-01."""
    top = Node("")
    data = top.child("data", slot=0)
    a = data.child("a", 5.0, 1)
    group = data.child("g", slot=2)
    b, c = group.child("b", "x y", 3), group.child("c", "", 4)
    d = data.child("d", date(2026, 3, 1), 5)
    made = Context(top, now=datetime.fromisoformat(now).astimezone(ZoneInfo(zone)), slots=[data, a, group, b, c, d])
    return made.at(b)


def value(source: str, **given_: str) -> Value:
    return compile_expression(source, Scope("/data/g/b", SLOTS)).run(context(**given_))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("/data/a + 1", 6.0),
        ("../../a", 5.0),
        (". = 'x y'", True),
        ("current()/../c = ''", True),
        ("../c > 0", False),
        ("../c < 0", False),
        ("../c + 1 = 1", False),
        ("if(../c, 'yes', 'no')", "no"),
        ("not(../c)", True),
        ("coalesce(../c, /data/a, 1)", 5.0),
        ("once(7)", "x y"),
        ("/data/d > '2026-02-28'", True),
        ("/data/d < date('2026-03-02')", True),
        ("/data/d = '2026-03-01'", True),
        ("'2026-01-31' + 1 = date('2026-02-01')", True),
        ("date('2026-02-01' - 1)", date(2026, 1, 31)),
        ("string(1 div 0)", "Infinity"),
        ("string(0 div 0)", ""),
        ("concat('a', 0 div 0, 'b')", "ab"),
        ("6.1 - 7.8 = -1.7", True),
        ("sum(/data/g/c)", 0.0),
        ("max(/data/a, /data/g/c)", 5.0),
        ("join('-', /data/a, /data/g/c)", "5-"),
        ("count(/data/g/*)", 2.0),
        ("selected(., ' y ')", True),
        ("selected-at(., 1)", "y"),
        ("selected-at(., 2)", ""),
        ("count-selected('')", 0.0),
        ("substr('hello', -3, -1)", "ll"),
        ("substr('hello', 1)", "ello"),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -2.0),
        ("round(1234.567, -2)", 1200.0),
        ("int(-2.7)", -2.0),
        ("-7 mod 3", -1.0),
        ("regex('ab', 'a')", False),
        ("regex('ab', '^a.$')", True),
        ("boolean-from-string('True')", False),
        ("digest('a', 'SHA-1', 'hex')", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("translate('abc', 'ab', 'x')", "xc"),
        ("1000000 * 1000000", 1e12),
        ("string(12345678901 * 3)", "37037036703"),
        ("string(0.00000123)", "0.00000123"),
        ("format-date(/data/d, '%e %b %Y, %a')", "1 Mar 2026, Sun"),
        ("decimal-time('12:00')", 0.5),
        ("position(/data/g/c)", 1.0),
        ("/data/g/*[2] = ''", True),
        ("/data/g/*[. = 'x y'] = 'x y'", True),
        ("true() or nope()", True),
    ],
)
def test_expression_value(source: str, expected: Value) -> None:
    assert value(source) == expected


def test_today_and_now_are_the_persons() -> None:
    assert value("today()") == date(2026, 11, 23)
    assert value("today()", zone="America/Phoenix") == date(2026, 11, 22)
    assert value("format-date-time(now(), '%Y-%m-%d %H:%M:%S.%3 %Z')") == "2026-11-23 00:30:00.000 +04:30"
    assert value("number(today()) = number(now())") is True
    assert value("decimal-date-time('2026-11-23T00:30:00+04:30') = decimal-date-time(now())") is True


def test_month_ends_and_leap_days_are_counted_in_days() -> None:
    assert value("date('2024-02-28' + 1)") == date(2024, 2, 29)
    assert value("date('2026-01-31') + 30 = date('2026-03-02')") is True


def test_summer_time_does_not_move_days() -> None:
    zone = "Europe/Berlin"
    assert value("date('2026-03-30') - date('2026-03-28')", zone=zone) == 2.0
    assert value("date('2026-10-26') - date('2026-10-24')", zone=zone) == 2.0


def test_not_relevant_node_reads_as_blank_and_is_in_no_set() -> None:
    made = context()
    made.slots[3].relevant = False
    scope = Scope("/data/a", SLOTS)
    assert compile_expression("concat('[', /data/g/b, ']')", scope).run(made) == "[]"
    assert compile_expression("count(/data/g/b)", scope).run(made) == 0.0
    assert compile_expression("count(/data/g/*)", scope).run(made) == 1.0


def test_reads_are_the_slots_looked_at() -> None:
    scope = Scope("/data/g/b", SLOTS)
    assert compile_expression("../c + /data/a", scope).reads == {1, 4}
    assert compile_expression("if(true(), 1, current()/../../d)", scope).reads == {5}
    assert compile_expression("count(/data/g/*)", scope).reads == {2, 3, 4}
    assert compile_expression("//c", scope).reads == {4}
    assert compile_expression(". > 1", scope).reads == {3}


def test_unknown_reference_and_function_are_found() -> None:
    made = compile_expression(
        "/data/nope = instance('x')/root/item and what(1)", Scope("/data/a", SLOTS, frozenset("y"))
    )
    assert made.unknown == ("/data/nope", "instance('x')")
    assert [(fault.code, fault.message) for fault in made.faults] == [("function", "there is no function “what()”")]


def test_clock_is_noticed() -> None:
    assert compile_expression("today() > 1").volatile
    assert not compile_expression("date('2026-01-01') > 1").volatile


@pytest.mark.parametrize(
    "source", ["", "(", "1 +", "a b", "'open", "f(1", "a[1", "@", "1 2", "$x", "following::a", "a/text()"]
)
def test_broken_expression_is_an_expression_error(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


@pytest.mark.parametrize(
    "source", ["(" * 5000, "-" * 5000 + "1", "f(" * 5000, "1" + "+1" * 5000, "a" * 30_000, "a[" * 500]
)
def test_huge_expression_is_an_expression_error(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


def test_pattern_that_never_ends_is_cut_off() -> None:
    with pytest.raises(BudgetError):
        value("regex('" + "a" * 40 + "!', '^(a|a|aa)+$')")


def test_text_that_grows_is_cut_off() -> None:
    made = context()
    made.slots[3].value = "x" * (MAX_TEXT // 2 + 1)
    with pytest.raises(BudgetError):
        compile_expression("concat(., .)", Scope("/data/g/b", SLOTS)).run(made)


@settings(deadline=None)
@given(st.text(alphabet="/.()[]'\"+-*=<>!|,@ abdivornt019:", max_size=30))
def test_any_text_compiles_or_is_an_expression_error(source: str) -> None:
    try:
        made = compile_expression(source, Scope("/data/g/b", SLOTS))
    except ExpressionError:
        return
    try:
        made.run(context())
    except EvaluationError:
        return


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_text_is_plain_and_reads_back(number: float) -> None:
    text = number_text(number)
    assert "e" not in text
    assert math.isclose(float(text), number, rel_tol=1e-12, abs_tol=1e-11)


def test_instant_in_summer_time_is_utc_exact() -> None:
    assert value("decimal-date-time('2026-07-01')", zone="Europe/Berlin") == pytest.approx(
        (datetime(2026, 6, 30, 22, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() / 86400
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("depend(/data/a, /data/d)", 5.0),
        ("enclosed-area('0 0; 0 2; 2 2; 2 0; 0 0')", area := 49552443424.28),
        ("area('0 0; 0 2; 2 2; 2 0; 0 0')", area),
        ("extract-signed('abc', 'def')", ""),
        ("property('deviceid')", "telegram:k7f"),
        ("version()", "7"),
        ("coalesce('', '', 'x')", "x"),
    ],
)
def test_functions_of_tablets_have_their_values(source: str, expected: Value) -> None:
    made = context()
    made.properties, made.version = {"deviceid": "telegram:k7f"}, "7"
    assert compile_expression(source, Scope("/data/g/b", SLOTS)).run(made) == expected


def test_signed_text_is_taken_only_with_the_right_key() -> None:
    key, other = Ed25519PrivateKey.from_private_bytes(bytes(32)), Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
    signed = base64.b64encode(key.sign("K7F-2QX سلام".encode()) + "K7F-2QX سلام".encode()).decode()
    public = [base64.b64encode(each.public_key().public_bytes_raw()).decode() for each in (key, other)]
    found = [value(f"extract-signed('{signed}', '{each}')") for each in public]
    assert found == ["K7F-2QX سلام", ""]


@pytest.mark.parametrize("source", ["floor(1.5)", "substring('abc', 2)", "coalesce('', '', 'x')", "name(.)"])
def test_what_a_tablet_does_not_know_is_a_warning(source: str) -> None:
    assert compile_expression(source, Scope("/data/g/b", SLOTS)).lints == {"tablet-function"}


def many_items(count: int, text: str = "abc") -> Context:
    made = context()
    root = Node("").child("root")
    for _ in range(count):
        root.child("item").child("name", text)
    made.instances = {"list": root.parent or root}
    return made


def test_filter_in_a_filter_over_a_long_list_runs_out_of_steps() -> None:
    inner = "count(instance('list')/root/item[name = 'abc']) > 0"
    with pytest.raises(BudgetError):
        compile_expression(f"count(instance('list')/root/item[{inner}])").run(many_items(10_000))


def test_long_text_looked_through_again_and_again_runs_out_of_steps() -> None:
    made = many_items(10_000)
    made.node.value = "x " * (MAX_TEXT // 2)
    with pytest.raises(BudgetError):
        compile_expression("count(instance('list')/root/item[selected(current(), name)])").run(made)


def test_patterns_that_each_take_long_run_out_of_time_together() -> None:
    made = many_items(500, "a" * 22 + "!")
    started = monotonic()
    with pytest.raises(BudgetError):
        compile_expression("count(instance('list')/root/item[regex(name, '^(a|aa|a)+$')])").run(made)
    assert monotonic() - started < MAX_MATCHING + 1


def test_budget_of_a_pass_is_shared_by_its_evaluations() -> None:
    made, source = many_items(10_000), compile_expression("count(instance('list')/root/item[name = 'abc'])")
    with pytest.raises(BudgetError):
        for _ in range(MAX_WORK):
            source.run(made.at(made.node))
    made.new_pass()
    assert source.run(made) == 10_000.0


@pytest.mark.parametrize(
    ("seed", "order"),
    [
        (42, "kabul bost herat mazar zaranj"),
        (17, "bost kabul herat zaranj mazar"),
        (-3, "zaranj kabul herat mazar bost"),
    ],
)
def test_shuffled_with_a_seed_is_the_order_of_a_tablet(seed: int, order: str) -> None:
    """As JavaRosa showed them."""
    nodes = [Node(name) for name in ("kabul", "mazar", "herat", "zaranj", "bost")]
    assert [node.name for node in shuffled(nodes, seed)] == order.split()
