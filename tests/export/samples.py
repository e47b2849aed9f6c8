"""Forms, answers and a study the export tests share. Texts in Arabic and Dari on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cora_bot.base.values import replace
from cora_bot.export.missing import Missing
from cora_bot.export.opened import Answering
from cora_bot.forms.model import Column, Form, Kind, Option, Question

BEGUN = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)

WORK = Question(
    number=1,
    ref="/data/work",
    name="work",
    kind=Kind.SELECT_ONE,
    sealed=False,
    labels={"en": "Do you have work?", "ar": "هل لديك عمل؟", "fa-AF": "آیا کار دارید؟"},
    hints={},
    guidance={},
    options=(
        Option("yes", {"en": "Yes", "ar": "نعم", "fa-AF": "بلی"}),
        Option("no", {"en": "No", "ar": "لا"}),
        Option("dont_know", {"en": "I don't know", "ar": "لا أعرف"}),
    ),
)
NEEDS = Question(
    number=2,
    ref="/data/needs",
    name="needs",
    kind=Kind.SELECT_MANY,
    sealed=False,
    labels={"en": "What do you need?", "ar": "ماذا تحتاج؟"},
    hints={"en": "Several are possible."},
    guidance={},
    options=(Option("money", {"en": "Money", "ar": "مال"}), Option("home", {"en": "A home", "ar": "سكن"})),
)
STORY = Question(
    number=3,
    ref="/data/about/story",
    name="story",
    kind=Kind.TEXT,
    sealed=True,
    labels={"en": "Please tell | us\nmore."},
    hints={},
    guidance={},
)
BYE = Question(
    number=4, ref="/data/bye", name="bye", kind=Kind.NOTE, sealed=False, labels={"en": "Bye"}, hints={}, guidance={}
)

XFORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>
<bind nodeset="/data/work" type="string" required="true()"/>
<bind nodeset="/data/needs" type="string" relevant=" /data/work  = 'no'"/>
<bind nodeset="/data/score" type="string" calculate="1 + 1"/>
</model></h:head></h:html>"""


def column(question: Question) -> Column:
    return Column(question.ref, question.name, question.kind.value, question)


CHECK_IN = Form(
    id="check_in",
    version="2",
    title="Check-in",
    languages=("en", "ar", "fa-AF"),
    default_language="en",
    questions=(WORK, NEEDS, STORY, BYE),
    columns=(
        column(WORK),
        column(NEEDS),
        column(STORY),
        Column("/data/score", "score", "calculate", None),
    ),
    hash="b" * 64,
    xform=XFORM,
    program=None,
)
OLD_NEEDS = replace(NEEDS, options=(Option("food", {"en": "Food"}), Option("money", {"en": "Cash"})))
OLDER = replace(
    CHECK_IN,
    version="1",
    hash="a" * 64,
    questions=(OLD_NEEDS,),
    columns=(column(OLD_NEEDS), Column("/data/debt", "debt", "integer", None)),
)
ARRIVAL = replace(CHECK_IN, id="arrival", hash="c" * 64, questions=(WORK,), columns=(column(WORK),))


def answering(
    values: Mapping[str, str],
    *,
    record: str = "0" * 32,
    code: str = "K7F-2QX",
    number: int = 1,
    form: Form = CHECK_IN,
    status: str = "complete",
    after: timedelta = timedelta(minutes=3),
    missing: Mapping[str, Missing] | None = None,
    mode: str = "",
) -> Answering:
    return Answering(
        record=record,
        code=code,
        wave="monthly",
        number=number,
        form=form,
        status=status,
        language="ar",
        started_at=BEGUN,
        finished_at=BEGUN + after,
        values=values,
        missing=missing,
        parts=(),
        mode=mode,
    )


STUDY_TOML = """
id = "follow_up"
title = "Staying in touch"
version = "2026.1"
default_language = "en"
default_hour = 10
recipients = []
[[languages]]
code = "en"
name = "English"
review = "reviewed"
[[languages]]
code = "ar"
name = "العربية"
review = "draft"
[quiet_hours]
start = "20:00"
end = "08:00"
[retention]
records = "P10Y"
contacts = "P3M"
[enrolment]
form = "consent"
required = { agree = "yes" }
taken = "taken"
country = "country"
return_status = "return_status"
return_date = "return_date"
hour = "hour"
purposes = { follow_up = "agree" }
[return_check]
form = "return_check"
status = "status"
date = "date"
[[waves]]
id = "monthly"
form = "check_in"
anchor = "return_date"
offset = "P1M"
recurrence = "FREQ=MONTHLY;COUNT=12"
window = "P12D"
purpose = "follow_up"
[countries]
IQ = ["Asia/Baghdad"]
[team_contact]
en = "Call us."
ar = "اتصل بنا."
[privacy]
en = "Sealed."
ar = "مختوم."
[local_help]
en = "Neighbours."
ar = "الجيران."
[never_show]
en = ["return"]
ar = ["عودة"]
"""
