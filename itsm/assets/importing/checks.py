"""What must be true of a whole list beside the device file; each check gives the rows that break it.

Source: docs/rules/device-import.md, DI-11.
"""

import sqlalchemy as sa

from itsm.assets.importing.normalise import MOST_PROBLEMS, Problem
from itsm.assets.states import LABELS, MOVES, State
from itsm.core.db import db

# Every query gives the line and what its sentence names; the first comes from here, the sentence says what to do.
_TWICE = """
SELECT w.line, w.{column}, twice.first FROM wanted w JOIN (
    SELECT {column}, min(line) AS first FROM wanted WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1
) twice ON twice.{column} = w.{column} WHERE w.line > twice.first
"""
_TAKEN = """
SELECT w.line, w.{column}, d.tag FROM wanted w JOIN device d ON d.{column} = w.{column} AND d.id <> w.id
"""
_CHECKS: tuple[tuple[str, str], ...] = (
    (_TWICE.format(column="id"), "Dasselbe Gerät steht schon in Zeile {2}."),
    (_TWICE.format(column="serial"), "Die Seriennummer {1} steht schon in Zeile {2}."),
    (_TWICE.format(column="tag"), "Die Gerätenummer {1} steht schon in Zeile {2}."),
    (_TWICE.format(column="mdm_id"), "Die Kennung im MDM „{1}“ steht schon in Zeile {2}."),
    (_TAKEN.format(column="tag"), "Die Gerätenummer {1} hat schon ein anderes Gerät."),
    (_TAKEN.format(column="mdm_id"), "Die Kennung im MDM „{1}“ hat schon das Gerät {2}."),
    (
        "SELECT line FROM wanted WHERE model_id IS NULL",
        "Das Gerät ist neu, und die Zeile nennt kein Modell.",
    ),
    (
        "SELECT line FROM wanted WHERE in_service_on < purchased_on",
        "Das Gerät wäre in Betrieb gegangen, bevor es gekauft wurde. Bitte prüfen Sie beide Daten.",
    ),
    (
        "SELECT line FROM wanted WHERE warranty_until < purchased_on",
        "Die Garantie endet vor dem Kauf. Bitte prüfen Sie beide Daten.",
    ),
    (
        "SELECT line FROM wanted WHERE holder IS NOT NULL AND school_id IS NULL",
        "Ausgeben lässt sich nur ein Gerät einer Schule.",
    ),
    (
        "SELECT w.line FROM wanted w JOIN device d ON d.id = w.id JOIN loan l ON l.device_id = d.id "
        "AND l.returned_at IS NULL WHERE w.state <> d.state OR w.school_id IS DISTINCT FROM d.school_id "
        "OR w.holder <> l.holder_name",
        "Das Gerät ist ausgegeben. Bitte nehmen Sie es zuerst zurück.",
    ),
    (
        "SELECT w.line FROM wanted w LEFT JOIN wanted n ON n.id = w.case_id LEFT JOIN device d ON d.id = w.case_id "
        "WHERE w.case_id IS NOT NULL AND w.school_id IS DISTINCT FROM "
        "CASE WHEN n.id IS NULL THEN d.school_id ELSE n.school_id END",
        "Der Ladekoffer des Geräts gehört zu einer anderen Schule.",
    ),
    (
        "SELECT DISTINCT w.line FROM wanted w JOIN device d ON d.id = w.id JOIN device c ON c.case_id = d.id "
        "WHERE w.school_id IS DISTINCT FROM d.school_id AND NOT EXISTS (SELECT FROM wanted o WHERE o.id = c.id)",
        "Im Ladekoffer sind Geräte, die nicht mit umziehen. Bitte nehmen Sie sie in die Liste auf.",
    ),
)
# Only where the list names cases at all.
_CASE_CHECKS: tuple[tuple[str, str], ...] = (
    (
        "SELECT w.line, w.case_tag FROM wanted w LEFT JOIN charging_case c ON c.tag = w.case_tag "
        "LEFT JOIN wanted n ON n.line = c.line "
        "WHERE w.case_tag IS NOT NULL AND (c.id IS NULL OR c.line IS NOT NULL AND n.line IS NULL)",
        "Einen Ladekoffer mit der Nummer {1} gibt es nicht.",
    ),
    (
        "SELECT w.line FROM wanted w LEFT JOIN incoming_model m ON m.id = w.model_id "
        "LEFT JOIN device_model o ON o.id = w.model_id "
        "WHERE w.case_id IS NOT NULL AND coalesce(m.kind, o.kind) = 'charging_case'",
        "Ein Ladekoffer steht nicht in einem Ladekoffer.",
    ),
)
_SLOT_CHECKS: tuple[tuple[str, str], ...] = (
    (
        "SELECT line FROM wanted WHERE slot IS NOT NULL AND case_id IS NULL",
        "Ein Platz braucht den Ladekoffer in derselben Zeile.",
    ),
    (
        "SELECT w.line, w.slot, twice.first FROM wanted w JOIN (SELECT case_id, slot, min(line) AS first FROM wanted "
        "WHERE slot IS NOT NULL GROUP BY case_id, slot HAVING count(*) > 1) twice "
        "ON twice.case_id = w.case_id AND twice.slot = w.slot WHERE w.line > twice.first",
        "Den Platz {1} in diesem Koffer hat schon das Gerät aus Zeile {2}.",
    ),
    (
        "SELECT w.line, w.slot, d.tag FROM wanted w JOIN device d ON d.case_id = w.case_id AND d.slot = w.slot "
        "AND d.id <> w.id WHERE NOT EXISTS (SELECT FROM wanted o WHERE o.id = d.id)",
        "Den Platz {1} in diesem Koffer hat schon das Gerät {2}.",
    ),
)
_STATE_CHANGES = """
SELECT w.line, d.state, w.state FROM wanted w JOIN device d ON d.id = w.id
WHERE w.state <> d.state AND NOT (d.state || '>' || w.state = ANY(:allowed))
"""
# (from, to) → the name of the move; where two lead there, the first one of the table counts.
MOVE_NAMES = {(source, move.target): move.name for move in reversed(MOVES) for source in move.sources}


def check(*, with_cases: bool, with_slots: bool) -> tuple[list[Problem], int]:
    """Take the rows that break a rule out of `wanted`; return what is wrong with them, and how many they are."""
    lines: set[int] = set()
    problems: list[Problem] = []
    slots = _SLOT_CHECKS if with_slots else ()
    rounds = [(*_CHECKS, *_CASE_CHECKS, *slots) if with_cases else (*_CHECKS, *slots)]
    if with_cases:
        # A device whose case went with the first round has none.
        rounds.append(_CASE_CHECKS[:1])
    for checks in rounds:
        found = _broken(checks)
        if checks is rounds[0]:
            found += _wrong_moves()
        # One sentence for each row: the first check says it best.
        first = {one.line: one for one in reversed(found)}
        problems += list(first.values())[: MOST_PROBLEMS - len(problems)]
        lines.update(first)
        if not found:
            break
        db.session.execute(sa.text("DELETE FROM wanted WHERE line = ANY(:lines)"), {"lines": sorted(lines)})
    return problems, len(lines)


def _broken(checks: tuple[tuple[str, str], ...]) -> list[Problem]:
    return [
        Problem(row[0], sentence.format(*row))
        for query, sentence in checks
        for row in db.session.execute(sa.text(query))
    ]


def _wrong_moves() -> list[Problem]:
    allowed = [f"{source}>{target}" for source, target in MOVE_NAMES]
    return [
        Problem(line, f"Ein Gerät wird nicht von „{LABELS[State(old)]}“ zu „{LABELS[State(new)]}“.")
        for line, old, new in db.session.execute(sa.text(_STATE_CHANGES), {"allowed": allowed})
    ]
