"""L-01 a long list is shown page by page; L-02 writing finds in it, whatever letters are used; L-03 the name of a
choice, written, chooses it; L-04 what was written is taken out of the chat; L-05 a list may hold 10,000 choices;
L-06 a choice that a filter no longer offers is taken out, and that is said."""

from __future__ import annotations

from pathlib import Path

from bot.callbacks import pack
from cora_bot.dialogue import phrases as p
from cora_bot.dialogue.inputs import Verb
from tests.support.one_form import asked, online

CITIES = ("Kabul", "Kandahar", "Herat", "Ghazni", "Mazar-e Sharif", "Jalalabad")


def listed(kind: str, count: int = 40, appearance: str = "", extra: str = "") -> str:
    names = [*CITIES, *(f"Village {n}" for n in range(len(CITIES), count))]
    choices = "\n".join(f"| | town | t{n} | {name} |" for n, name in enumerate(names))
    return f"""
| survey |
| | type | name | label::English (en) | appearance |
| | {kind} town{extra} | town | Which town? | {appearance} |
| | text | why | Why? | |
| choices |
| | list_name | name | label::English (en) |
{choices}
"""


def test_long_list_is_shown_in_pages() -> None:
    talk = asked(listed("select_one"))

    assert talk.labels[:10] == [*CITIES, "Village 6", "Village 7", "Village 8", "Village 9"]
    assert "Page 1 of 4" in talk.text
    assert [each for each in talk.labels if p.PREVIOUS in each] == []
    talk.tap(p.MORE)
    talk.tap(p.MORE)
    talk.tap(p.MORE)
    assert (talk.labels[9], "Page 4 of 4" in talk.text) == ("Village 39", True)
    assert [each for each in talk.labels if p.MORE in each] == []
    talk.tap(p.PREVIOUS)
    talk.tap("Village 25")
    talk.tap(p.BACK)
    assert talk.labels.count("● Village 25") == 0
    assert p.CHOSEN_NOW.format(answer="\u2068Village 25\u2069") in talk.text


def test_page_beyond_the_last_shows_the_last() -> None:
    talk = asked(listed("select_one"))

    talk.press(Verb.PAGE, choice=999)

    assert "Page 4 of 4" in talk.text


def test_short_list_stays_whole_unless_its_author_made_it_compact() -> None:
    assert len([each for each in asked(listed("select_one", 16)).labels if each.startswith("Village")]) == 10
    assert "Page 1 of 2" in asked(listed("select_one", 16, "minimal")).text
    assert "Page 1 of 2" in asked(listed("select_one", 16, "autocomplete")).text
    assert p.SEEK not in asked(listed("select_one", 10, "autocomplete")).text


def test_part_of_a_name_shows_what_holds_it_the_nearest_first() -> None:
    talk = asked(listed("select_one"))

    turn = talk.write("SHARÍF")

    assert (turn.remove, talk.labels[0]) == ((101,), "Mazar-e Sharif")
    assert p.FOUND.format(text="\u2068SHARÍF\u2069", count="1") in talk.text
    talk.tap(p.WHOLE_LIST)
    assert talk.labels[0] == "Kabul"
    talk.write("village ۱")
    assert (talk.labels[0], "Page 1 of 2" in talk.text) == ("Village 10", True)


def test_name_of_a_choice_chooses_it() -> None:
    talk = asked(listed("select_one"))

    turn = talk.write("mazar e sharif")

    assert (turn.remove, "Why?" in talk.text, p.SAVED in talk.text) == ((101,), True, True)
    talk.tap(p.SKIP)
    assert talk.values == {"/data/town": "t4"}


def test_name_of_no_choice_says_so_and_keeps_the_page() -> None:
    talk = asked(listed("select_one"))
    talk.tap(p.MORE)

    turn = talk.write("Paris")

    assert turn.remove == (101,)
    assert p.NOTHING_FOUND.format(text="\u2068Paris\u2069") in talk.text
    assert "Page 2 of 4" in talk.text


def test_words_at_a_short_list_are_refused_as_before() -> None:
    talk = asked(listed("select_one", 6))

    talk.write("vill")

    assert p.PRESS_A_BUTTON in talk.text


def test_several_are_ticked_on_several_pages_and_by_writing() -> None:
    talk = asked(listed("select_multiple"))
    talk.tap("Herat")
    talk.tap(p.MORE)
    talk.tap("Village 12")
    talk.write("ghazni")

    assert p.CHOSEN_NOW.format(answer="\u2068Herat, Ghazni, Village 12\u2069") in talk.text
    assert "☑ Herat" in talk.labels
    talk.tap(p.DONE)
    talk.tap(p.SKIP)
    assert talk.values == {"/data/town": "t2 t3 t12"}


def test_or_other_asks_for_it_in_words() -> None:
    talk = asked(listed("select_one", 5, extra=" or_other"))

    talk.tap("Other")

    assert "Specify other" in talk.text
    talk.write("Bamyan")
    talk.tap(p.SKIP)
    assert talk.values == {"/data/town": "other"}
    assert [each.body.get("value") for each in talk.records] == ["Bamyan", None]


def test_looking_is_forgotten_at_the_next_question() -> None:
    text = listed("select_one").replace(
        "| | text | why", "| | select_one town | other | Other town? | |\n| | text | why"
    )
    talk = asked(text)
    talk.write("village 3")

    talk.tap("Village 30")

    assert ("Other town?" in talk.text, talk.labels[0]) == (True, "Kabul")


def test_ten_thousand_choices_are_searched_and_their_buttons_are_short() -> None:
    talk = asked(listed("select_one", 10_000))

    talk.write("9999")

    assert talk.labels[0] == "Village 9999"
    talk.tap("Village 9999")
    assert "Why?" in talk.text
    talk.press(Verb.PAGE, choice=999)
    assert max(len(pack(button.press)) for button in talk.buttons) <= 64


def test_answer_that_no_longer_fits_is_taken_out_and_it_is_said() -> None:
    talk = asked("""
| survey |
| | type | name | label::English (en) | choice_filter |
| | select_one region | region | Which region? | |
| | select_one town | town | Which town? | region = ${region} |
| | text | why | Why? | |
| choices |
| | list_name | name | label::English (en) | region |
| | region | n | North | |
| | region | s | South | |
| | town | mazar | Mazar | n |
| | town | zaranj | Zaranj | s |
""")
    talk.tap("North")
    talk.tap("Mazar")
    talk.tap(p.BACK)
    talk.tap(p.BACK)
    assert p.DROPPED not in talk.text

    talk.tap("South")

    assert (p.DROPPED in talk.text, talk.labels[0]) == (True, "Zaranj")
    talk.tap(p.SKIP)
    talk.tap(p.SKIP)
    assert talk.values == {"/data/region": "s"}


async def test_long_list_over_the_bot_api(tmp_path: Path) -> None:
    async with online(listed("select_one"), tmp_path) as chat:
        await chat.write("herat")
        assert "Why?" in chat.text
        assert [bubble for bubble in chat.person.screen if bubble.mine] == []
        await chat.tap(p.BACK)
        await chat.write("sharif")
        await chat.tap("Mazar-e Sharif")
        await chat.tap(p.SKIP)

        (body,) = await chat.bodies()

        assert body["values"] == {"/data/town": "t4"}
