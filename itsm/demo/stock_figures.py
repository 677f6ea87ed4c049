"""How many devices the demo city has per school form: the totals of the annual report 2025, chapter 5.1.

Everything else about the devices is invented.
"""

from itsm.assets.kinds import Kind

# School forms that the report counts together share a row.
IPADS: dict[tuple[str, ...], int] = {
    ("02",): 21_887,
    ("20",): 16_945,
    ("10",): 9_353,
    ("04",): 3_607,
    ("15",): 14_201,
    ("08",): 3_047,
    ("30", "25"): 14_556,
}
_OTHERS = (Kind.DESKTOP, Kind.LAPTOP, Kind.PROJECTOR, Kind.DISPLAY)
_PER_FORM: dict[str, tuple[int, int, int, int]] = {
    "02": (2_102, 1_327, 138, 1_449),
    "20": (1_944, 890, 430, 933),
    "10": (1_107, 341, 96, 496),
    "04": (563, 75, 40, 246),
    "15": (1_877, 544, 126, 754),
    "08": (420, 220, 18, 278),
    "30": (3_614, 1_376, 256, 621),
    "25": (225, 131, 25, 85),
}

TOTALS: dict[Kind, dict[tuple[str, ...], int]] = {
    Kind.IPAD: IPADS,
    **{kind: {(form,): row[place] for form, row in _PER_FORM.items()} for place, kind in enumerate(_OTHERS)},
}
