"""What the bundle of ``test_export_bundle`` becomes, byte for byte but for line ends. ``{a}`` … are record ids."""

LONG = """\ufeff\
case,wave,number,form,form_version,question,label,value,value_label,missing,language,mode,started_at,finished_at,status,record,instance
K7F-2QX,monthly,1,check_in,1,work,هل لديك عمل؟,no,لا,,ar,chat,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{a},
K7F-2QX,monthly,1,check_in,1,needs,ماذا تحتاج؟,home money,سكن; مال,,ar,chat,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{a},
K7F-2QX,monthly,1,check_in,1,balance,كم يبقى في نهاية الشهر؟,-40,,,ar,chat,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{a},
K7F-2QX,monthly,1,check_in,1,story,أخبرنا المزيد.,"'=cmd|""/c calc""!A1
قال: «لا»، ثم ذهب",,,ar,chat,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{a},
K7F-2QX,monthly,2,check_in,1,work,هل لديك عمل؟,prefer_not,أفضل ألا أقول,,fa-AF,in_person,2026-12-03T08:00:00Z,2026-11-02T08:03:00Z,partial,{b},
K7F-2QX,monthly,2,check_in,1,needs,ماذا تحتاج؟,,,not_asked,fa-AF,in_person,2026-12-03T08:00:00Z,2026-11-02T08:03:00Z,partial,{b},
K7F-2QX,monthly,2,check_in,1,balance,كم يبقى في نهاية الشهر؟,,,skipped,fa-AF,in_person,2026-12-03T08:00:00Z,2026-11-02T08:03:00Z,partial,{b},
K7F-2QX,monthly,2,check_in,1,story,أخبرنا المزيد.,,,not_reached,fa-AF,in_person,2026-12-03T08:00:00Z,2026-11-02T08:03:00Z,partial,{b},
M3A-9ZW,monthly,1,check_in,1,work,هل لديك عمل؟,yes,نعم,,en,,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{d},
M3A-9ZW,monthly,1,check_in,1,needs,ماذا تحتاج؟,,,,en,,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{d},
M3A-9ZW,monthly,1,check_in,1,balance,كم يبقى في نهاية الشهر؟,,,,en,,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{d},
M3A-9ZW,monthly,1,check_in,1,story,أخبرنا المزيد.,,,,en,,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{d},
"""  # noqa: E501 - a golden file has the lines it has

WIDE = """\ufeff\
case,wave,number,form,form_version,language,mode,started_at,finished_at,status,record,check_in.work,check_in.needs,check_in.needs/money,check_in.needs/home,check_in.balance,check_in.story,check_in.missing
K7F-2QX,monthly,1,check_in,1,ar,chat,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{a},no,home money,1,1,-40,"'=cmd|""/c calc""!A1
قال: «لا»، ثم ذهب",
K7F-2QX,monthly,2,check_in,1,fa-AF,in_person,2026-12-03T08:00:00Z,2026-11-02T08:03:00Z,partial,{b},prefer_not,,,,,,[needs=not_asked] [balance=skipped] [story=not_reached]
M3A-9ZW,monthly,1,check_in,1,en,,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,complete,{d},yes,,,,,,
"""  # noqa: E501

DISPOSITIONS = """\ufeff\
case,wave,number,opens,closes,disposition,aapor,reason,messages_sent,put_away,opened_at,finished_at,outage_hours,mode
K7F-2QX,monthly,1,2026-11-02T07:00:00Z,2026-11-14T07:00:00Z,complete,1.1,,1,0,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,0,chat
K7F-2QX,monthly,2,2026-11-02T07:00:00Z,2026-11-14T07:00:00Z,partial,1.2,,1,0,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,0,in_person
M3A-9ZW,monthly,1,2026-11-02T07:00:00Z,2026-11-14T07:00:00Z,complete,1.1,,1,0,2026-11-02T08:00:00Z,2026-11-02T08:03:00Z,0,
M3A-9ZW,monthly,2,2026-11-02T07:00:00Z,2026-11-14T07:00:00Z,non_contact,2.2,not_opened,3,0,,2026-11-02T08:03:00Z,0,
"""

RESPONSE = """\ufeff\
wave,number,planned,invited,opened,complete,partial,refused,break_off,non_contact,lapsed,not_sent,not_attempted,not_eligible,not_due,open,unknown,step_expired,step_lapsed,step_cancelled,closed,closed_complete,closed_partial,closed_eligible,rr1,rr2,trip,visit_met,visit_refused,visit_missed,visit_unreachable,visit_no_answer,visit_cancelled,visit_moved,visit_booked,visit_asked,visit_waiting,visit_invited,visit_unknown,visit_booked_once,visit_moved_once,visit_missed_once,closed_booked_once,closed_met,kept
monthly,1,2,2,2,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,2,0,2,1.0000,1.0000,,,,,,,,,,,,,,,,,,,
monthly,2,2,2,1,0,1,0,0,1,0,0,0,0,0,0,0,1,0,0,2,0,1,2,0.0000,0.5000,,,,,,,,,,,,,,,,,,,
"""

CONTACTS = """\ufeff\
case,wave,number,reason,state,outcome,created_at,finished_at
K7F-2QX,monthly,1,invitation,sent,,2026-11-02T07:00:00Z,2026-11-02T07:00:01Z
M3A-9ZW,monthly,2,invitation,lapsed,paused,2026-11-02T07:00:00Z,2026-11-02T07:00:01Z
M3A-9ZW,monthly,2,reminder,pending,quiet_hours,2026-11-05T07:00:00Z,
"""
