"""How large the schools of the demo city are, as the entitlement counts them."""

from random import Random
from typing import Any

from itsm.demo.city import SchoolPlan

_PUPILS_PER_TEACHER = 13
_PUPILS_PER_ROOM = {"02": 20, "08": 11}
_SECONDARY = ("04", "10", "15", "20", "25")
STARTCHANCEN_EVERY = 4


def size_of(random: Random, school: SchoolPlan) -> dict[str, Any]:
    """Return the columns of a school's size that follow from its pupils and its form."""
    pupils, form = school.pupils, school.form_key
    size = dict.fromkeys(("pupils_1_2", "pupils_3_4", "pupils_secondary", "pupils_full_time", "pupils_dual"), 0)
    if form == "02":
        size["pupils_1_2"] = pupils * 51 // 100
        size["pupils_3_4"] = pupils - size["pupils_1_2"]
    elif form == "08":
        size["pupils_1_2"], size["pupils_3_4"] = pupils * 15 // 100, pupils * 20 // 100
        size["pupils_secondary"] = pupils - size["pupils_1_2"] - size["pupils_3_4"]
    elif form == "30":
        size["pupils_full_time"] = pupils * 45 // 100
        size["pupils_dual"] = pupils - size["pupils_full_time"]
    elif form in _SECONDARY:
        size["pupils_secondary"] = pupils
    halls = [random.choice((140, 180, 199))] if form in ("02", "08") else [random.choice((200, 320, 450))]
    if school.is_large and random.random() < 0.4:
        halls.append(random.choice((120, 200, 260)))
    return size | {
        "teachers": pupils // _PUPILS_PER_TEACHER,
        "rooms": pupils // _PUPILS_PER_ROOM.get(form, 22),
        "halls": halls,
        "is_startchancen": school.id % STARTCHANCEN_EVERY == 0,
    }
