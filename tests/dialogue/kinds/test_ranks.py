"""R-01 a rank is pressed in its order, and undone from its end; R-02 the last one left goes last by itself."""

from __future__ import annotations

from pathlib import Path

from cora_bot.dialogue import phrases as p
from tests.support.one_form import asked, online

NEEDS = """
| survey |
| | type | name | label::English (en) |
| | rank need | needs | What matters most? |
| | acknowledge | end | Thank you. |
| choices |
| | list_name | name | label::English (en) |
| | need | food | Food |
| | need | work | Work |
| | need | school | School |
| | need | house | House |
"""


def test_rank_is_pressed_in_order_and_undone() -> None:
    talk = asked(NEEDS)

    assert (p.RANK_FIRST in talk.text, p.SKIP in talk.labels, "↶ " + p.UNDO in talk.labels) == (True, True, False)
    talk.tap("Work")
    assert ("1. \u2068Work\u2069" in talk.text, p.RANK_NEXT in talk.text, "Work" in talk.labels) == (True, True, False)
    talk.tap("House")
    talk.tap(p.UNDO)
    talk.tap("Food")
    assert "✓ " + p.DONE not in talk.labels
    talk.tap("School")

    assert "1. \u2068Work\u2069\n2. \u2068Food\u2069\n3. \u2068School\u2069\n4. \u2068House\u2069" in talk.text
    assert "House" not in talk.labels
    talk.tap(p.DONE)
    talk.tap(p.OK)
    assert talk.values["/data/needs"] == "work food school house"


def test_rank_given_can_be_kept_changed_and_taken_back() -> None:
    talk = asked(NEEDS)
    for label in ("Work", "Food", "School", p.DONE, p.BACK):
        talk.tap(label)

    assert "4. \u2068House\u2069" in talk.text
    for label in (p.UNDO, p.UNDO, "House", p.DONE, p.BACK):
        talk.tap(label)
    assert "3. \u2068House\u2069\n4. \u2068School\u2069" in talk.text
    for _ in range(4):
        talk.tap(p.UNDO)
    talk.tap(p.SKIP)
    talk.tap(p.OK)
    assert talk.values == {"/data/end": "OK"}


def test_words_at_a_rank_are_refused() -> None:
    talk = asked(NEEDS)

    turn = talk.write("Food")

    assert (turn.remove, p.PRESS_A_BUTTON in talk.text) == ((101,), True)


async def test_rank_over_the_bot_api(tmp_path: Path) -> None:
    async with online(NEEDS, tmp_path) as chat:
        for label in ("School", "Food", p.UNDO, "House", "Work", p.DONE, p.OK):
            await chat.tap(label)

        (body,) = await chat.bodies()

        assert body["values"]["/data/needs"] == "school house work food"
