"""Random expressions over everything that a tablet's engine can do, for hypothesis: by the kind of their value.

Left out where a tablet answers by chance or by the clock: now(), random(), uuid().
"""

from __future__ import annotations

from hypothesis import strategies as st

TREE = (
    "<data><a>5</a><b>2.5</b><z>-7</z><c/><s>abc def-x</s><t/><u>Ana Íñigo</u><m>n s</m><d>2026-03-01</d>"
    "<w>2026-03-01T10:20:30.000Z</w><p>34.5 69.2 0 0</p>"
    "<h>34 69 0 0;34 70 0 0;35 70 0 0;35 69 0 0;34 69 0 0</h></data>"
)
Source = st.SearchStrategy[str]
DIGITS = st.sampled_from(["0", "1", "2", "3", "10", "0.5", "2.675", "-4", "-1.5", "149", "250", "0.000001"])
WORDS = st.sampled_from(["'abc'", "''", "'n'", "'-'", "' x  y '", "'ABC'", "'12'", "'2026-01-31'", "'a b c'", "'é'"])
PLACES = st.sampled_from(["-2", "-1", "0", "1", "2", "5"])


def _calls(template: str, *parts: Source) -> Source:
    return st.tuples(*parts).map(lambda given: template.format(*given))


NUMBERS_ = st.sampled_from(["/data/a", "/data/b", "/data/z"]) | DIGITS
TEXTS_ = st.sampled_from(["/data/s", "/data/t", "/data/u", "/data/m"]) | WORDS
DAYS_ = st.sampled_from(
    ["date('2026-03-01')", "date('1969-12-31')", "date(/data/d)", "date(0)", "date(20000)", "date('2024-02-29')"]
)
TRUTHS_ = st.sampled_from(["true()", "false()", "/data/a > 3", "/data/c > 0", "/data/s != ''"])


def _numbers(inner: Source) -> Source:
    texts, truths, days = TEXTS_, TRUTHS_, DAYS_
    return st.one_of(
        *(_calls(f"({{0}} {sign} {{1}})", inner, inner) for sign in ("+", "-", "*", "div", "mod")),
        *(_calls(f"{name}({{0}})", inner) for name in ("int", "abs", "number", "round", "sqrt", "exp", "sin", "cos")),
        *(_calls(f"{name}({{0}})", inner) for name in ("tan", "asin", "acos", "atan", "log", "log10")),
        _calls("round({0}, {1})", inner, PLACES),
        _calls("pow({0}, {1})", inner, PLACES),
        _calls("atan2({0}, {1})", inner, inner),
        _calls("min({0}, {1}, {2})", inner, inner, inner),
        _calls("max({0}, {1}, {2})", inner, inner, inner),
        _calls("if({0}, {1}, {2})", truths, inner, inner),
        _calls("coalesce({0}, {1})", inner, inner),
        _calls("string-length({0})", texts),
        _calls("count-selected({0})", texts),
        _calls("({0} - {1})", days, days),
        _calls("({0} + {1})", days, inner),
        _calls("decimal-date-time({0})", days),
        _calls("sum(/data/{0})", st.sampled_from("abcz")),
        _calls("count(/data/{0})", st.sampled_from("abcx")),
        st.sampled_from(["pi()", "decimal-time(/data/w)", "decimal-date-time(/data/w)", "count-non-empty(/data/a)"]),
        _calls("-({0})", inner),
    )


def _texts(inner: Source) -> Source:
    places = st.sampled_from(["-3", "-1", "0", "1", "2", "4", "99"])
    return st.one_of(
        _calls("concat({0}, {1})", inner, inner),
        _calls("join({0}, {1}, {2})", WORDS, inner, inner),
        _calls("substr({0}, {1})", inner, places),
        _calls("substr({0}, {1}, {2})", inner, places, places),
        _calls("substring-before({0}, {1})", inner, WORDS),
        _calls("substring-after({0}, {1})", inner, WORDS),
        _calls("translate({0}, {1}, {2})", inner, WORDS, WORDS),
        _calls("normalize-space({0})", inner),
        _calls("if({0}, {1}, {2})", TRUTHS_, inner, inner),
        _calls("coalesce({0}, {1})", inner, inner),
        _calls("selected-at({0}, {1})", inner, st.sampled_from(["0", "1", "5"])),
        _calls("digest({0}, '{1}', '{2}')", inner, st.sampled_from(["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"]),
               st.sampled_from(["hex", "base64"])),
        _calls("format-date({0}, {1})", DAYS_, st.sampled_from(["'%Y-%m-%d'", "'%e. %n. %y'", "'%b %a'", "'%d%m'"])),
        _calls("base64-decode({0})", st.sampled_from(["'aGFsbG8='", "'4pyT'", "''"])),
        _calls("string({0})", st.sampled_from(["/data/a", "1", "true()", "1.5", "1 div 4", "100000"])),
    )  # fmt: skip


def _truths(inner: Source, numbers: Source, texts: Source) -> Source:
    return st.one_of(
        *(_calls(f"({{0}} {sign} {{1}})", numbers, numbers) for sign in ("<", "<=", ">", ">=", "=", "!=")),
        *(_calls(f"({{0}} {sign} {{1}})", DAYS_, DAYS_) for sign in ("<", "<=", ">", ">=", "=", "!=")),
        *(_calls(f"({{0}} {sign} {{1}})", texts, texts) for sign in ("=", "!=")),
        *(_calls(f"({{0}} {sign} {{1}})", inner, inner) for sign in ("and", "or")),
        *(_calls(f"{name}({{0}}, {{1}})", texts, WORDS) for name in ("starts-with", "ends-with", "contains")),
        _calls("selected({0}, {1})", texts, WORDS),
        _calls("not({0})", inner),
        _calls("boolean({0})", numbers | texts),
        _calls("boolean-from-string({0})", st.sampled_from(["'1'", "'true'", "'false'", "''", "'0'", "'x'"])),
        _calls("regex({0}, {1})", texts, st.sampled_from(["'^[a-z]+$'", "'^.*$'", "'^[0-9]{2}$'", "'^(a|b).*$'"])),
        _calls("checklist({0}, {1}, {2}, {3})", st.sampled_from(["-1", "0", "1"]), st.sampled_from(["-1", "1", "2"]),
               inner, inner),
        _calls("weighted-checklist({0}, {1}, {2}, 2, {3}, 3)", st.sampled_from(["0", "2"]), st.sampled_from(["3", "9"]),
               inner, inner),
        _calls("geofence(/data/{0}, /data/h)", st.just("p")),
        _calls("if({0}, {1}, {2})", inner, inner, inner),
    )  # fmt: skip


NUMBERS = st.recursive(NUMBERS_, _numbers, max_leaves=6)
TEXTS = st.recursive(TEXTS_, _texts, max_leaves=6)
TRUTHS = st.recursive(TRUTHS_, lambda inner: _truths(inner, NUMBERS, TEXTS), max_leaves=4)
EXPRESSIONS = NUMBERS | TEXTS | TRUTHS | _calls("string({0})", NUMBERS)
