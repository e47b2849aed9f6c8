"""S-40 who can open is changed in study.toml: every other byte stays, and the meaning is the one that was meant
S-41 a text that cannot be changed safely is not changed
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cora_bot.study.who_opens import NotEditableError, Opener, with_opener, without_opener

SHIPPED = Path(__file__).parents[2] / "surveys" / "returnee_follow_up" / "study.toml"
ANNA = Opener("age1pq1aaaaaaa", "AAAA-AAAA-AAAA-AAAA-AAAA", "cora-verify-key-1aaaa", "2 of 3")
BEHAR = Opener("age1pq1bbbbbbb", "CCCC-CCCC-CCCC-CCCC-CCCC", "cora-verify-key-1bbbb")
CARLA = Opener("age1pq1ccccccc", "DDDD-DDDD-DDDD-DDDD-DDDD")
WAYS = [
    "recipients = []",
    "recipients=[ ]  # nobody yet",
    "recipients = [\n]",
    'recipients = ["age1pq1zzzzzzz"]',
    'recipients = ["age1pq1zzzzzzz",]',
    "recipients = ['age1pq1zzzzzzz', \"age1pq1yyyyyyy\"] # two",
    'recipients = [\n    "age1pq1zzzzzzz", # the first\n    "age1pq1yyyyyyy" # the second, without a comma\n]',
    'recipients = [\n  # a remark with ] and " in it\n  "age1pq1zzzzzzz",\n\n  "age1pq1yyyyyyy",\n  # the end\n  ]',
]
TABLES = [
    "",
    '\n[quiet_hours]\nstart = "20:00" # late\n',
    '\n[signers]\n"ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ" = "cora-verify-key-1zzzz"\n\n[privacy]\nen = "recipients = []"',
    '\n[shares] # on paper\n\n[[waves]]\nid = "[signers]"\n',
]


@pytest.mark.parametrize("recipients", WAYS)
@pytest.mark.parametrize("tables", TABLES)
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_whoever_is_named_and_taken_out_again_leaves_the_meaning_and_other_lines(
    recipients: str, tables: str, line: str
) -> None:
    before = f'# the study\nid = "x"\n{recipients}\ndemo = false # no\n{tables}'.replace("\n", line)
    named = with_opener(with_opener(before, ANNA), BEHAR)
    read = tomllib.loads(named)
    old = tomllib.loads(before)
    assert read["recipients"] == [*old["recipients"], ANNA.recipient, BEHAR.recipient]
    assert read["signers"] == old.get("signers", {}) | {one.fingerprint: one.verify_key for one in (ANNA, BEHAR)}
    assert read["shares"] == {ANNA.fingerprint: "2 of 3"}
    assert ("\r\n" in before) == ("\r\n" in named)
    assert named.replace("\r\n", "").count("\n") == (0 if line == "\r\n" else named.count("\n"))
    after = without_opener(without_opener(named, ANNA), BEHAR)
    assert {"signers": {}, "shares": {}} | tomllib.loads(after) == {"signers": {}, "shares": {}} | old
    assert set(before.split(line)) - set(after.split(line)) <= set(recipients.replace("\n", line).split(line))


def test_the_shipped_study_keeps_every_byte_elsewhere() -> None:
    before = SHIPPED.read_text(encoding="utf-8")
    named = with_opener(with_opener(before, ANNA), CARLA)
    added = f"""recipients = [
    # {ANNA.fingerprint}
    "{ANNA.recipient}",
    # {CARLA.fingerprint}
    "{CARLA.recipient}",
]"""
    tables = f"""
[signers]
"{ANNA.fingerprint}" = "{ANNA.verify_key}"

[shares]
"{ANNA.fingerprint}" = "2 of 3"
"""
    assert named == before.replace("recipients = []", added) + tables
    assert without_opener(named, CARLA) == with_opener(before, ANNA)


def test_one_of_several_goes_and_the_others_keep_their_remarks() -> None:
    text = 'recipients = [\n    "age1pq1zzzzzzz", # Tirana\n    "age1pq1bbbbbbb", # Hamburg\n    "age1pq1yyyyyyy"\n]\n'
    assert without_opener(text, BEHAR) == text.replace('    "age1pq1bbbbbbb", # Hamburg\n', "")
    one_line = 'recipients = ["age1pq1zzzzzzz", "age1pq1bbbbbbb"]\n'
    assert tomllib.loads(without_opener(one_line, BEHAR))["recipients"] == ["age1pq1zzzzzzz"]


def test_naming_again_changes_nothing_or_what_is_newer() -> None:
    once = with_opener("recipients = []\n", BEHAR)
    assert with_opener(once, BEHAR) == once
    newer = Opener(BEHAR.recipient, BEHAR.fingerprint, BEHAR.verify_key, "2 of 3")
    read = tomllib.loads(with_opener(once, newer))
    assert (read["recipients"], read["shares"]) == ([BEHAR.recipient], {BEHAR.fingerprint: "2 of 3"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "recipients = ",
        'recipients = "age1pq1zzzzzzz"',
        "[study]\nrecipients = []\n",
        'recipients = [["age1pq1zzzzzzz"]]',
        "recipients = [1]\n",
        '"recipients" = []\n',
        "recipients = []\nsigners = { }\n",
    ],
)
def test_a_text_that_cannot_be_changed_safely_is_refused(text: str) -> None:
    with pytest.raises(NotEditableError):
        with_opener(text, ANNA)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="\"'[]#=,\\ \nabrecipients1q", max_size=60), st.sampled_from(WAYS))
def test_whatever_else_the_file_says_is_never_changed(noise: str, way: str) -> None:
    text = f"{noise}\n{way}\n{noise}\n"
    try:
        old = tomllib.loads(text)
        named = tomllib.loads(with_opener(text, CARLA))
    except (tomllib.TOMLDecodeError, NotEditableError):
        return
    assert named == old | {"recipients": [*old["recipients"], CARLA.recipient]}
