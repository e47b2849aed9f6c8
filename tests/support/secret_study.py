"""A tiny study whose questions take what the secrets test plants: every kind of answer, long option codes.

Option codes and labels stand openly in the stored form, chosen or not; that one of them was chosen must be nowhere.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

CONSENT_CODE = "qz-told-umbrageous-71416"
BURDEN_CODE = "qz-burden-larcenous-55271"
EVENT_CODE = "qz-event-penurious-88634"
TICKED = "Quagmire label 40917"
ARABIC_BURDEN = "عبء مخفي"

_STUDY = """
id = "returnee_follow_up"
title = "Staying in touch"
version = "1"
default_language = "en"
default_hour = 10
demo = true
{recipients}
quiet_hours = {{ start = "20:00", end = "08:00" }}
retention = {{ records = "P10Y", contacts = "P3M" }}
return_check = {{ form = "return_check", status = "status", date = "new_date" }}
countries = {{ AL = ["Europe/Tirane"] }}
team_contact = {{ en = "Call us.", ar = "اتصلوا بنا." }}
privacy = {{ en = "Locked.", ar = "مقفل." }}
local_help = {{ en = "Call.", ar = "اتصلوا." }}
never_show = {{ en = ["study"], ar = ["دراسة"] }}

[[languages]]
code = "en"
name = "English"
review = "reviewed"

[[languages]]
code = "ar"
name = "العربية"
review = "reviewed"

[enrolment]
form = "consent"
required = {{ agree = "yes" }}
purposes = {{ questions = "purpose" }}
taken = "taken"
country = "country"
return_status = "return_status"
return_date = "return_date"
hour = "hour"

[[waves]]
id = "first"
form = "questions"
anchor = "return_date"
offset = "P4D"
window = "P3D"
reminders = ["P1D"]
purpose = "questions"

[[waves]]
id = "second"
form = "questions"
anchor = "return_date"
offset = "P8D"
window = "P9D"
purpose = "questions"
"""

_CONSENT = f"""
| survey |
| | type | name | label::English (en) | label::Arabic (ar) | required |
| | select_one taken | taken | How? | كيف؟ | yes |
| | select_one yes_no | agree | Agree? | موافقة؟ | yes |
| | select_one told | told | Told? | قيل؟ | yes |
| | select_one yes_no | purpose | Ask? | سؤال؟ | yes |
| | select_one country | country | Where? | أين؟ | yes |
| | select_one return_status | return_status | There? | هناك؟ | yes |
| | date | return_date | When? | متى؟ | yes |
| | select_one hour | hour | Hour? | الساعة؟ | yes |

| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | taken | read | Read | قرأت |
| | taken | heard | Heard | سمعت |
| | taken | staff_read | Read to me | قُرئ لي |
| | yes_no | yes | Yes | نعم |
| | yes_no | no | No | لا |
| | told | {CONSENT_CODE} | Told so | هكذا |
| | told | qz-told-otherwise-30928 | Told otherwise | غير ذلك |
| | country | AL | Albania | ألبانيا |
| | return_status | planned | Planned | مخطط |
| | return_status | done | Done so | تم |
| | hour | 10 | Ten | عشرة |

| settings |
| | form_title | form_id | version | default_language |
| | Questions | consent | 1 | English (en) |
"""

_RETURN_CHECK = """
| survey |
| | type | name | label::English (en) | label::Arabic (ar) | required | relevant |
| | select_one status | status | Right? | صحيح؟ | yes | |
| | date | new_date | Which day? | أي يوم؟ | yes | ${status} = 'other_day' |

| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | status | yes | Yes | نعم |
| | status | other_day | Another | آخر |
| | status | not_going | Not going | لا سفر |

| settings |
| | form_title | form_id | version | default_language |
| | Questions | return_check | 1 | English (en) |
"""

_QUESTIONS = f"""
| survey |
| | type | name | label::English (en) | label::Arabic (ar) | relevant |
| | select_one burden | burden | Burden? | العبء؟ | |
| | select_multiple event | event | Events? | الأحداث؟ | |
| | decimal | amount | Amount? | المبلغ؟ | |
| | date | born | Born? | الميلاد؟ | |
| | text | nickname | Nickname? | اللقب؟ | |
| | text | story | Why, ${{nickname}}? | لماذا يا ${{nickname}}؟ | ${{nickname}} != '' |
| | text | more | More? | المزيد؟ | |

| choices |
| | list_name | name | label::English (en) | label::Arabic (ar) |
| | burden | {BURDEN_CODE} | Heavy | {ARABIC_BURDEN} |
| | burden | qz-burden-unchosen-13579 | Light | خفيف |
| | event | {EVENT_CODE} | {TICKED} | حدث أول |
| | event | qz-event-unchosen-24680 | Other event | حدث آخر |

| settings |
| | form_title | form_id | version | default_language |
| | Questions | questions | 1 | English (en) |
"""


def write_study(folder: Path) -> None:
    """Replaces the prepared demonstration's study; its recipients stay."""
    recipients = re.search(r"(?m)^recipients = .+$", (folder / "study.toml").read_text(encoding="utf-8"))
    assert recipients is not None
    shutil.rmtree(folder)
    (folder / "forms").mkdir(parents=True)
    (folder / "study.toml").write_text(_STUDY.format(recipients=recipients[0]), encoding="utf-8")
    for name, text in (("consent", _CONSENT), ("return_check", _RETURN_CHECK), ("questions", _QUESTIONS)):
        (folder / "forms" / f"{name}.md").write_text(text.lstrip(), encoding="utf-8")
