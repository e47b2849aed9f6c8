"""Forms of the size and shape of those the field knows, in words of our own: a verbal autopsy, a household survey.

The verbal autopsy: more than 500 nodes and 1,000 expressions, ages worked out of dates, whole sections for newborns,
children, adults, women; almost every question depends on another. The household survey: rosters in repeats whose
count is asked, a repeat in a repeat, cascading places, sums over the members, two languages.
"""

from __future__ import annotations

from collections.abc import Iterator

COLUMNS = ("type", "name", "label::English (en)", "label::Dari (fa-AF)", "relevant", "constraint",
           "constraint_message::English (en)", "required", "calculation", "choice_filter", "repeat_count")  # fmt: skip
SYMPTOMS = (
    "fever", "night sweats", "cough", "bloody cough", "breathlessness", "fast breathing", "wheezing", "chest pain",
    "loose stools", "blood in the stools", "vomiting", "blood in the vomit", "belly pain", "swollen belly", "headache",
    "stiff neck", "fits", "loss of consciousness", "confusion", "blurred sight", "weakness of one side", "rash",
    "sores", "itching skin", "yellow eyes", "pale skin", "swollen legs", "swollen face", "swollen joints",
    "lump in the neck", "lump in the armpit", "lump in the breast", "lump in the groin", "trouble passing water",
    "blood in the water", "difficult swallowing", "loss of weight", "loss of appetite", "bleeding of the nose",
    "sunken eyes", "mouth sores", "thin limbs", "hair turning red", "puffy hands", "tiredness", "back pain", "thirst",
    "dry skin", "trembling", "palpitations", "dizziness", "hoarse voice", "ear discharge", "eye discharge", "toothache",
    "hiccups", "noisy breathing", "pulled-in chest", "stiff body", "arched back", "paralysis", "numb feet",
    "cramps", "burns", "bites",
)  # fmt: skip
PLACES = {"north": ("kunduz", "mazar", "taloqan"), "west": ("herat", "zaranj"), "east": ("jalalabad", "asadabad")}
NEEDS = ("school", "work", "care", "papers", "vaccines", "glasses")
Row = dict[str, str]


def verbal_autopsy() -> str:
    rows = [*_autopsy_head(), *_symptoms(), *_autopsy_women(), *_autopsy_newborn(), *_autopsy_end()]
    return _written(rows, _YES_NO + _UNITS, "verbal_autopsy")


def household_survey() -> str:
    rows = [*_household_head(), *_members(), *_shelter(), *_income(), *_household_end()]
    return _written(rows, _YES_NO + _PLACES + _KIN, "household_survey")


def row(kind: str, name: str, label: str = "", **more: str) -> Row:
    found = {"type": kind, "name": name, **more}
    if label:
        found |= {"label::English (en)": label, "label::Dari (fa-AF)": f"({name}) {label}"}
    return found


def _autopsy_head() -> Iterator[Row]:
    yield row("note", "hello", "Thank you for speaking about your loss.")
    yield row("select_one yn", "consent", "May we begin?", required="yes")
    yield row("begin group", "deceased", "About the deceased", relevant="${consent} = 'yes'")
    yield row("select_one sex", "sex", "Was it a woman or a man?", required="yes")
    yield row("date", "born", "When born?", constraint=". <= today()", required="yes")
    yield row("date", "died", "When did death come?", constraint=". >= ${born} and . <= today()", required="yes")
    yield row("calculate", "days", calculation="decimal-date-time(${died}) - decimal-date-time(${born})")
    yield row("calculate", "years", calculation="int(${days} div 365.25)")
    yield row("calculate", "months", calculation="int(${days} div 30.4)")
    yield row("calculate", "newborn", calculation="if(${days} <= 28, 1, 0)")
    yield row("calculate", "child", calculation="if(${days} > 28 and ${years} < 12, 1, 0)")
    yield row("calculate", "adult", calculation="if(${years} >= 12, 1, 0)")
    yield row("calculate", "shown", calculation="format-date(${died}, '%e %b %Y')")
    yield row("end group", "")


def _symptoms() -> Iterator[Row]:
    """Seven questions and a calculation each, most of them asked only where the one before says so."""
    yield row("begin group", "illness", "The last illness", relevant="${consent} = 'yes' and ${days} >= 0")
    for at, symptom in enumerate(SYMPTOMS):
        s = f"s{at}"
        who = ("${adult} = 1", "${child} = 1 or ${adult} = 1", "${newborn} = 0", "${years} >= 0")[at % 4]
        limit = {"constraint": ". >= 0 and . <= 60", "constraint_message::English (en)": "0 to 60, please."}
        here = f"${{{s}}} = 'yes'"
        yield row("select_one yn", s, f"Was there {symptom}?", relevant=who, required="yes")
        yield row("select_one unit", f"{s}_unit", "How is it best counted?", relevant=here, required=here)
        yield row("integer", f"{s}_days", "How many days?", relevant=f"${{{s}_unit}} = 'days'", **limit)
        yield row("integer", f"{s}_months", "How many months?", relevant=f"${{{s}_unit}} = 'months'", **limit)
        lasted = f"if(${{{s}_unit}} = 'months', ${{{s}_months}} * 30, coalesce(${{{s}_days}}, 0))"
        yield row("calculate", f"{s}_lasted", calculation=lasted, relevant=here)
        yield row("select_one yn", f"{s}_to_end", "Until the end?", relevant=f"${{{s}_lasted}} > 3", required=here)
        before = f"${{s{at - 1}}} = 'yes' and ${{{s}}} = 'yes'" if at else here
        yield row("select_one yn", f"{s}_worse", f"Did the {symptom} grow worse?", relevant=before, required=here)
        worst = f"if(selected(${{{s}_worse}}, 'yes') and ${{{s}_lasted}} > 7, 2, if(${{{s}}} = 'yes', 1, 0))"
        yield row("calculate", f"{s}_score", calculation=worst)
    scores = " + ".join(f"${{s{at}_score}}" for at in range(len(SYMPTOMS)))
    yield row("calculate", "score", calculation=scores)
    yield row("note", "sum", "Counted ${score} for the death on ${shown}.", relevant="${score} > 0")
    yield row("end group", "")


def _autopsy_women() -> Iterator[Row]:
    yield row("begin group", "mother", "Pregnancy", relevant="${sex} = 'f' and ${years} >= 12 and ${years} <= 50")
    yield row("select_one yn", "pregnant", "Was she with child?")
    yield row("integer", "month", "In which month?", relevant="${pregnant} = 'yes'", constraint=". > 0 and . < 11")
    for at in range(12):
        yield row(
            "select_one yn", f"m{at}", f"Sign {at} of a hard birth?", relevant="${pregnant} = 'yes' or ${month} > 6"
        )
    yield row("end group", "")


def _autopsy_newborn() -> Iterator[Row]:
    yield row("begin group", "baby", "The newborn", relevant="${newborn} = 1")
    for at in range(16):
        yield row("select_one yn", f"b{at}", f"Newborn sign {at}?", relevant=f"${{b{at - 1}}} != ''" if at else "")
    yield row("end group", "")


def _autopsy_end() -> Iterator[Row]:
    yield row("text", "story", "Please tell it in your own words.", relevant="${consent} = 'yes'")
    yield row("acknowledge", "read", "I have read this back.")


def _household_head() -> Iterator[Row]:
    yield row("start", "start")
    yield row("end", "end")
    yield row("select_one region", "region", "Which region?", required="yes")
    yield row("select_one town", "town", "Which town?", choice_filter="region = ${region}", required="yes")
    yield row("select_one town", "before", "Which town before?", choice_filter="region = ${region} and name != ${town}")
    yield row("date", "back", "Since when are you back?", constraint=". <= today()")
    yield row("integer", "size", "How many live here?", constraint=". > 0 and . <= 15", required="yes")


def _members() -> Iterator[Row]:
    yield row("begin repeat", "member", "Member", repeat_count="${size}")
    yield row("calculate", "place", calculation="position(..)")
    yield row("text", "nick", "What do you call member ${place}?", required="yes")
    yield row("integer", "age", "How old is ${nick}?", constraint=". >= 0 and . < 120", required="yes")
    yield row("select_one sex", "gender", "A woman or a man?")
    yield row("select_one kin", "kin", "Who is ${nick} to you?", relevant="${place} > 1")
    for at, what in enumerate(NEEDS):
        who = "${age} >= 6 and ${age} < 18" if at % 2 == 0 else "${age} >= 15"
        yield row("select_one yn", what, f"Does ${{nick}} have {what}?", relevant=who)
        yield row("text", f"no_{what}", f"Why no {what}?", relevant=f"${{{what}}} = 'no'")
    yield row("calculate", "needs", calculation=" + ".join(f"if(${{{what}}} = 'no', 1, 0)" for what in NEEDS))
    yield row("calculate", "minor", calculation="if(${age} < 18, 1, 0)")
    yield row("integer", "illnesses", "How often ill this year?", constraint=". >= 0 and . <= 5")
    yield row("begin repeat", "illness", "Illness", repeat_count="${illnesses}")
    yield row("text", "which", "Which illness did ${nick} have?")
    yield row("integer", "cost", "What did it cost?", constraint=". >= 0")
    yield row("end repeat", "")
    yield row("calculate", "costs", calculation="sum(${cost})")
    yield row("end repeat", "")
    yield row("calculate", "people", calculation="count(${member})")
    yield row("calculate", "all_needs", calculation="sum(${needs})")
    yield row("calculate", "all_costs", calculation="sum(${cost})")
    yield row("calculate", "children", calculation="sum(${minor})")
    yield row("calculate", "eldest", calculation="max(${age})")
    yield row("note", "summary", "You are ${people}, ${children} of them children; costs ${all_costs}.")


def _shelter() -> Iterator[Row]:
    for section in range(6):
        name = f"h{section}"
        yield row("begin group", name, f"House, part {section}", relevant="${people} > 0")
        for at in range(8):
            q = f"{name}_{at}"
            yield row(
                "select_multiple yn", q, f"Which apply, {section}.{at}?", relevant=f"${{{name}_0}} != ''" if at else ""
            )
            yield row("calculate", f"{q}_n", calculation=f"count-selected(${{{q}}}) * ${{people}}")
            yield row("integer", f"{q}_how", "How many?", relevant=f"selected(${{{q}}}, 'yes')", constraint=". < 100")
        yield row("end group", "")


def _income() -> Iterator[Row]:
    yield row("begin repeat", "source", "Source of income")
    yield row("text", "what", "From what?")
    yield row("decimal", "amount", "How much a month?", constraint=". >= 0")
    yield row("end repeat", "")
    yield row("calculate", "income", calculation="sum(${amount})")
    yield row("calculate", "each", calculation="round(${income} div ${people}, 2)")
    yield row("note", "poor", "That is ${each} for each of you.", relevant="${each} < 50")


def _household_end() -> Iterator[Row]:
    yield row("select_one yn", "again", "May we come again?", required="yes")
    yield row("text", "remark", "Anything else?", relevant="${again} = 'yes' and ${all_needs} >= 0")


def _written(rows: list[Row], choices: str, name: str) -> str:
    lines = ["| survey |", "| | " + " | ".join(COLUMNS) + " |"]
    lines += ["| | " + " | ".join(each.get(column, "") for column in COLUMNS) + " |" for each in rows]
    head = "| choices |\n| | list_name | name | label::English (en) | label::Dari (fa-AF) | region |\n"
    settings = "| settings |\n| | form_title | form_id | version | default_language |\n"
    return "\n".join(lines) + "\n" + head + choices + settings + f"| | {name} | {name} | 1 | English (en) |\n"


def _choices(name: str, values: dict[str, str]) -> str:
    return "".join(f"| | {name} | {value} | {value} | ({value}) | {region} |\n" for value, region in values.items())


_YES_NO = _choices("yn", dict.fromkeys(("yes", "no", "dk"), "")) + _choices("sex", dict.fromkeys(("f", "m"), ""))
_UNITS = _choices("unit", dict.fromkeys(("days", "months", "dk"), ""))
_KIN = _choices("kin", dict.fromkeys(("wife", "child", "parent", "guest"), ""))
_PLACES = _choices("region", dict.fromkeys(PLACES, "")) + _choices(
    "town", {town: region for region, towns in PLACES.items() for town in towns}
)


def check_in() -> str:
    """Twenty questions as a check-in has them; the first decides about most others."""
    rows = [row("integer", "q0", "How old?", constraint=". >= 0 and . < 120", required="yes")]
    for at in range(1, 16):
        relevant = (f"${{q0}} > {at}", f"${{q0}} >= 18 and ${{q{at - 1}}} != 'no'", "")[at % 3]
        rows.append(row("select_one yn", f"q{at}", f"Question {at}?", relevant=relevant))
    rows += [
        row("calculate", "grown", calculation="if(${q0} >= 18, 1, 0)"),
        row("calculate", "yes_s", calculation=" + ".join(f"if(${{q{at}}} = 'yes', 1, 0)" for at in range(1, 16))),
        row("integer", "q16", "How many?", relevant="${grown} = 1", constraint=". < ${q0}"),
        row("text", "q17", "Which?", relevant="${yes_s} > 3"),
        row("date", "q18", "Since when?", constraint=". <= today()", relevant="${grown} = 1"),
        row("select_one town", "q19", "Where?", choice_filter="region = 'north' or ${q0} > 30"),
    ]
    return _written(rows, _YES_NO + _PLACES, "check_in")


def sixty_rows() -> str:
    """Sixty rows in four languages."""
    names = ("English (en)", "Dari (fa-AF)", "Arabic (ar)", "German (de)")
    header = ["type", "name", *(f"label::{name}" for name in names), *(f"hint::{name}" for name in names)]
    header += ["relevant", "constraint", "required"]
    rows = []
    for at in range(60):
        kind = ("select_one yn", "integer", "text", "date", "select_multiple yn", "decimal")[at % 6]
        texts = [f"Question {at} in {name}?" for name in names] + [f"Hint {at} in {name}." for name in names]
        rows.append([kind, f"q{at}", *texts, f"${{q{at - 1}}} != ''" if at else "", ". != ''", "yes" if at % 2 else ""])
    lines = ["| survey |", *("| | " + " | ".join(cells) + " |" for cells in (header, *rows))]
    labels = " | ".join(f"label::{name}" for name in names)
    lines += ["| choices |", f"| | list_name | name | {labels} |"]
    lines += [f"| | yn | {value} | {' | '.join([value] * 4)} |" for value in ("yes", "no")]
    lines += ["| settings |", "| | form_title | form_id | version | default_language |"]
    return "\n".join([*lines, "| | Sixty | sixty | 1 | English (en) |", ""])
