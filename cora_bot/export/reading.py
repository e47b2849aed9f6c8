"""How to read the tables: the codebook's general part, the same for every study."""

from __future__ import annotations

READING = """## How to read the tables

- **Why there is no answer.** A question without an answer has an empty cell, never a code: a number column stays a
  number column, and nothing can be averaged by mistake. The reason stands beside it (vocabulary below):
  - `answers_long.csv` has one row for every question of the form in every record; `missing` is empty where there is an
    answer, else `skipped`, `not_asked` or `not_reached`. Calculations have a row only where they have a value.
  - `answers_wide.csv` has one column `FORM.missing` for each form, which lists `[question=reason]` for every question
    of that record without an answer. One column, because one beside every question would double the width of the table
    and most would be empty; brackets, because a search for `[work=skipped]` then never finds `homework`.
    Excel: `=ISNUMBER(SEARCH("[work=skipped]",X2))`. SPSS: `COMPUTE skipped = CHAR.INDEX(v, "[work=skipped]") > 0.`
    R: `grepl("[work=skipped]", v, fixed = TRUE)`; `X2` is a cell of that column, `v` the column. A question that only
    another version of the form has is not listed.
  - "Don't know" and "prefer not to say" are **answers** with codes of their own, listed below where they are offered.
    In SPSS or Stata declare these codes as user-missing yourself, question by question, where the analysis wants it.
  - Consent forms, and records sealed before reasons were kept, do not say why: the reason is empty too. The number of
    such records is in `reconciliation.json` under `notes`.
- `answers_wide.csv` has one row per case, wave and number. Where several were stored, a complete one is taken before a
  partial one, then the later one; `answers_long.csv` has all of them.
- `mode` says how a form was filled in: `chat` by the person in the chat; `phone` or `in_person` by staff who asked and
  entered the answers. In `dispositions.csv` it is that of the answers that count for the occasion. Staff can enter a
  form also when no occasion of it is open: then `wave` is empty and `number` 0.
- A question inside a repeat (a household's members, say) has a row for each instance in `answers_long.csv`; `instance`
  is its number, `1.3` the third inside the first. Numbers stay with their instance: where one was removed, a number is
  missing. `answers_wide.csv` leaves such questions out, because it has one row per occasion.
- A picture, sound, film or file is named in its cell, and lies under that name in `media/`. Where it is not there the
  cell is empty, and `missing` says `waiting` or `lost`.
- A ranking has its codes with spaces between, the first place first.
- A question with several choices has its codes with spaces between, and a column `name/option` with 1 or 0 for each
  option; these are empty where the question has no answer.
- Days are the text the person gave (year-month-day), never converted. Instants are in UTC.
- A cell that a spreadsheet might run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line break, and is not
  a plain number) or that begins with an apostrophe has an apostrophe put before it. A leading apostrophe is therefore
  never part of the answer: remove exactly one to get it back.
- Files are UTF-8 with a byte order mark, commas, CRLF. In R: `readr::read_csv(file, col_types = cols(.default = "c"))`.
"""

NOT_ASKED = """In a record that is `partial`, `not_asked` may also mean that the condition hung on a question which was
not reached: its `relevant`, below, tells.
"""

OUTAGES = """## Outages

While a place is cut off, nothing is sent unasked to people there and the clock of their open windows stands still: a
window is longer by the outage, and `closes` in dispositions.csv is its end as it was lived. `outage_hours` there is how
much of the window outages took (rounded up); to leave such occasions out, or to compare them, use that column. Times
below are local at the place (a country as in study.toml, or a time zone); `until` is the first moment after it.
"""

RESPONSE = """## Response in response.csv

One row per wave and number, counted from the occasions in dispositions.csv; below them one row per trip of field
visits, counted from visits.csv. Erased persons are in neither. A cell that means nothing in a row is empty.

- `planned`: all occasions; `invited`: at least one message was sent; `opened`: opened at least once.
- `complete` to `unknown`: the dispositions above; they add up to `planned` (`not_due` is the disposition `planned`).
- `step_expired`, `step_lapsed`, `step_cancelled`: how the server ended occasions (window over, withheld, called off).
  They are the same occasions counted another way; do not add them to the dispositions.
- `closed`: occasions whose window had closed when the bundle was made, of them `closed_complete`, `closed_partial`, and
  `closed_eligible`, which is `closed` without `not_eligible`.
- `rr1` and `rr2`: response rates 1 and 2 after AAPOR, Standard Definitions: Final Dispositions of Case Codes and
  Outcome Rates for Surveys (8th edition, 2015):

      RR1 = I / ((I + P) + (R + NC + O) + (UH + UO))
      RR2 = (I + P) / ((I + P) + (R + NC + O) + (UH + UO))

  with I complete, P partial, R refused and break_off, NC non_contact, O lapsed, UO not_sent and whatever is still open
  (open, planned, unknown) although its window has closed, UH not_attempted. So
  `rr1 = closed_complete / closed_eligible` and `rr2 = (closed_complete + closed_partial) / closed_eligible`.
  Only occasions whose window has closed are in a rate: answers come early, silence is certain only at the end, and a
  rate over what is settled already would be too high. What was begun in time may be finished for a while after the
  window, so a rate can still rise a little. Empty: not defined, since no window of an eligible occasion has closed.
- These are rates of one wave among those who take part in the study. They are not cumulative: who declined at enrolment
  is not in them.

Trips have `trip` in place of `wave` and `number`. The row `(all)` counts every trip together, one person on two trips
as two visits: do not add it to the others.

- `planned`: everybody who was offered a visit; `invited`: at least one message was sent; `opened`: the invitation was
  opened; `visit_booked_once`, `visit_moved_once`, `visit_missed_once`: a time was booked, moved, missed at least once,
  whatever came of it.
- `visit_met` to `visit_unknown`: the outcomes of visits.csv, below (`unknown`: newer than this program). They add up to
  `planned`.
- `closed`: visits of trips whose last time was over when the bundle was made, of them `closed_booked_once` and
  `closed_met`.
- `rr1 = closed_met / closed`, response rate 1 after AAPOR: I met, R refused, NC missed and unreachable, O no_answer, UH
  cancelled, UO what is still under way (moved, booked, asked, waiting, invited) although the trip is over. There is no
  partial visit, so no `rr2`. `kept = closed_met / closed_booked_once`: of those who booked, how many met.
  Only trips that are over are in a rate: refusals come early, meetings on the trip's own days.
- It is a rate among those who were offered a visit, and only who agreed to visits is. A share of everybody in the study
  has the people in dispositions.csv below the line: say which one you use.
"""
