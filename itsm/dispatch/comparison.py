"""A proposal beside the visits as they stand, as a team lead reads it: one sentence, the cost by part, the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from itsm.core import clock
from itsm.core.german import local_time, long_date, metres_words, minutes_words, number
from itsm.dispatch import plan_queries, reason_words
from itsm.dispatch.models import Cause, StepKind, WeekPlan, WeekPlanStep
from itsm.dispatch.states import PLAN_LABELS, PlanState
from itsm.org.models import District
from itsm.tickets.models import Ticket

PARTS = {
    "travel": "Fahrten und Anmelden",
    "foreign": "Fahrten in fremde Bezirke",
    "overtime": "Überstunden",
    "late": "Verspätete Störungen",
    "moved": "Verlegte Besuche",
    "left_out": "Was liegen bleibt",
}
KINDS = {
    StepKind.MOVED: ("Verlegt", "Diese Besuche stehen schon und bekämen eine andere Zeit oder Person."),
    StepKind.NEW: ("Neu", "Für diese Störungen käme jemand."),
    StepKind.CANCELLED: ("Fällt aus", "Diese Besuche fänden nicht statt. Ihre Störungen warten dann wieder."),
    StepKind.LEFT_OUT: ("Bleibt liegen", "Für diese Störungen kommt in diesen Tagen niemand."),
    StepKind.KEPT: ("Nicht zu halten", "Diese Besuche sind angeheftet und gehen so nicht auf. Bitte entscheiden Sie."),
}
STATES = PLAN_LABELS
BADGES = {
    PlanState.QUEUED: "neutral",
    PlanState.RUNNING: "info",
    PlanState.READY: "warning",
    PlanState.ACCEPTED: "success",
    PlanState.FAILED: "danger",
}
CAUSES = {
    Cause.ASKED: "–",
    Cause.NIGHTLY: "über Nacht",
    Cause.CHANGE: "nach einer Änderung",
    Cause.OUTAGE: "nach einem Ausfall",
}
URGENT = 2
CHOSEN = frozenset({StepKind.NEW, StepKind.MOVED, StepKind.CANCELLED})


@dataclass(frozen=True)
class Line:
    """One number of both plans, in words."""

    label: str
    before: str
    after: str
    change: str
    is_better: bool | None


@dataclass(frozen=True)
class Row:
    """One step as the list shows it."""

    step: WeekPlanStep
    title: str
    about: str
    old: str
    new: str
    why: str
    fits_if: tuple[str, ...]
    skipped: str
    is_urgent: bool


@dataclass(frozen=True)
class Group:
    """The steps of one kind in one district."""

    district: str
    key: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Block:
    """The steps of one kind."""

    kind: StepKind
    title: str
    lead: str
    can_choose: bool
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many steps there are."""
        return sum(len(group.rows) for group in self.groups)


@dataclass(frozen=True)
class Comparison:
    """Everything the page of a proposal shows."""

    sentence: str
    cost: tuple[Line, ...]
    numbers: tuple[Line, ...]
    blocks: tuple[Block, ...]
    is_better: bool

    @property
    def choices(self) -> int:
        """How many steps one may choose from."""
        return sum(block.count for block in self.blocks if block.can_choose)


def compare(plan: WeekPlan, districts: Sequence[District]) -> Comparison:
    """Put the page of a proposal together; the number of queries does not depend on its steps."""
    steps = plan_queries.steps_of(plan)
    tickets = plan_queries.titles_of(steps)
    shown = [step for step in steps if step.kind is not StepKind.KEPT or step.reason]
    blocks = tuple(
        Block(kind, title, lead, kind in CHOSEN, tuple(_groups(kind, shown, tickets, districts)))
        for kind, (title, lead) in KINDS.items()
    )
    blocks = tuple(block for block in blocks if block.count)
    return Comparison(
        sentence=sentence(steps, plan.before, plan.after),
        cost=tuple(_cost(plan)),
        numbers=tuple(_numbers(plan)),
        blocks=blocks,
        is_better=any(block.can_choose for block in blocks),
    )


def sentence(steps: Sequence[WeekPlanStep], before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What a proposal does, in one sentence: visits, drives, promises."""
    by_kind = {kind: [step for step in steps if step.kind is kind] for kind in StepKind}
    left = len({ticket_id for step in by_kind[StepKind.LEFT_OUT] for ticket_id in step.ticket_ids})
    waits = f"{_counted(left, 'Störung bleibt', 'Störungen bleiben')} liegen" if left else ""
    if not any(by_kind[kind] for kind in CHOSEN):
        return "Es gibt nichts zu verbessern: Die Besuche stehen schon so, wie es am wenigsten kostet." + (
            f" {waits}." if waits else ""
        )
    changes = [
        _counted(len(by_kind[StepKind.NEW]), "Besuch neu", "Besuche neu"),
        _counted(len(by_kind[StepKind.MOVED]), "verlegt", "verlegt"),
        _counted(len(by_kind[StepKind.CANCELLED]), "fällt aus", "fallen aus"),
        waits,
    ]
    drive = _drive(after["travel_metres"] - before["travel_metres"], after["travel_seconds"] - before["travel_seconds"])
    broken = sum(step.breaks_promise for step in steps)
    promises = _counted(broken, "Zusage wird gebrochen", "Zusagen werden gebrochen") or "keine Zusage wird gebrochen"
    return f"{'; '.join([', '.join(part for part in changes if part), drive, promises])}."


def accepted_words(applied: int, skipped: int) -> str:
    """What became of the steps somebody has chosen."""
    done = _counted(applied, "Änderung gilt", "Änderungen gelten") or "Keine Änderung gilt"
    told = " Die Schulen wissen Bescheid." if applied else ""
    over = _counted(
        skipped, "war inzwischen überholt; der Grund steht dabei", "waren inzwischen überholt; die Gründe stehen dabei"
    )
    return f"{done}.{told}{f' {over}.' if over else ''}"


def state_words(plan: WeekPlan) -> str:
    """What is going on with a plan that is not ready, for the page that waits."""
    if plan.state is PlanState.RUNNING:
        return "Die Planung läuft." if plan.percent < 95 else "Gleich fertig: Die Gründe werden geprüft."
    return "Der Plan wartet, bis der Rechner frei ist." if plan.state is PlanState.QUEUED else "Der Plan ist fertig."


def span_words(plan: WeekPlan) -> str:
    """The days of a plan: "Montag, 23. November bis Freitag, 27. November"."""
    last = plan_queries.last_day(plan)
    return long_date(plan.first_on) if plan.days == 1 else f"{long_date(plan.first_on)} bis {long_date(last)}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}" if count else ""


def _drive(metres: int, seconds: int) -> str:
    kilometres, minutes = round(metres / 1000), round(seconds / 60)
    if not kilometres and not minutes:
        return "die Fahrten bleiben gleich lang"
    if (kilometres <= 0) == (minutes <= 0) or not kilometres or not minutes:
        more = "mehr" if kilometres + minutes > 0 else "weniger"
        parts = [f"{number(abs(kilometres))} km" if kilometres else "", _minutes(minutes) if minutes else ""]
        return f"{' und '.join(part for part in parts if part)} {more} Fahrt"
    return f"{number(abs(kilometres))} km {_more(kilometres)} und {_minutes(minutes)} {_more(minutes)} Fahrt"


def _minutes(count: int) -> str:
    return f"{number(abs(count))} {'Minute' if abs(count) == 1 else 'Minuten'}"


def _more(value: int) -> str:
    return "mehr" if value > 0 else "weniger"


def _cost(plan: WeekPlan) -> list[Line]:
    before, after = plan.before.get("cost", {}), plan.after.get("cost", {})
    lines = [
        _line(label, before.get(key, 0), after.get(key, 0), _euros)
        for key, label in PARTS.items()
        if before.get(key) or after.get(key)
    ]
    return [*lines, _line("Zusammen", sum(before.values()), sum(after.values()), _euros)]


def _numbers(plan: WeekPlan) -> list[Line]:
    before, after = plan.before, plan.after
    if not before or not after:
        return []
    overtime_before, overtime_after = (sum(day["overtime_minutes"] for day in side["days"]) for side in (before, after))
    lines = [
        _line("Fahrzeit", before["travel_seconds"] // 60, after["travel_seconds"] // 60, minutes_words),
        _line("Weg", before["travel_metres"], after["travel_metres"], metres_words),
        _line("Überstunden", overtime_before, overtime_after, minutes_words),
    ]
    for key, label in (("late", "Zu spät"), ("left_out", "Ohne Besuch")):
        for priority in sorted({*before[key], *after[key]}):
            counts = before[key].get(priority, 0), after[key].get(priority, 0)
            lines.append(_line(f"{label}, Priorität {priority}", *counts, number))
    return [line for line in lines if line.before != line.after or line.label in ("Fahrzeit", "Weg")]


def _line(label: str, before: int, after: int, words: Any) -> Line:
    change = after - before
    sign = "+" if change > 0 else "−"
    said = f"{sign}{words(abs(change))}" if words(abs(change)) != words(0) else "±0"
    return Line(label, words(before), words(after), said, None if said == "±0" else change < 0)


def _euros(cents: int) -> str:
    return f"{number(round(cents / 100))} €"


def _groups(
    kind: StepKind, steps: Sequence[WeekPlanStep], tickets: Mapping[int, Ticket], districts: Sequence[District]
) -> list[Group]:
    found = []
    for district in [*districts, None]:
        here = [
            step
            for step in steps
            if step.kind is kind and _district_of(step, districts) == (district.id if district else None)
        ]
        if here:
            name = district.name if district else "Ohne Bezirk"
            key = f"{kind.value}-{district.id if district else 0}"
            found.append(Group(name, key, tuple(_row(step, tickets) for step in here)))
    return found


def _district_of(step: WeekPlanStep, districts: Sequence[District]) -> int | None:
    return step.school.district_id if step.school.district_id in {district.id for district in districts} else None


def _row(step: WeekPlanStep, tickets: Mapping[int, Ticket]) -> Row:
    return Row(
        step=step,
        title=step.school.short_name,
        about=_about(step, tickets),
        old=_place(step.old_starts_at, step.old_user.name) if step.old_user and step.old_starts_at else _booked(step),
        new=_new(step),
        why=reason_words.why(step.reason) if "reason" in step.reason else "",
        fits_if=tuple(reason_words.fits_if(step.reason)),
        skipped=step.reason.get("skipped", ""),
        is_urgent=step.priority <= URGENT,
    )


def _about(step: WeekPlanStep, tickets: Mapping[int, Ticket]) -> str:
    names = [f"{tickets[one].number} {tickets[one].title}" for one in step.ticket_ids if one in tickets]
    if not names:
        return "Besuch ohne Störung" if step.kind is not StepKind.NEW else ""
    if len(names) <= 2:
        return ", ".join(names)
    return f"{names[0]} und {len(names) - 1} weitere Störungen"


def _new(step: WeekPlanStep) -> str:
    if step.kind is StepKind.KEPT or step.new_user is None or step.new_starts_at is None:
        return ""
    with_whom = f"{step.new_user.name} und {step.helper.name}" if step.helper else step.new_user.name
    along = ", beim Besuch, der schon steht" if step.kind is StepKind.NEW and step.visit_id else ""
    return _place(step.new_starts_at, with_whom) + along


def _booked(step: WeekPlanStep) -> str:
    if "booked_on" not in step.reason:
        return ""
    return f"vorgesehen erst {long_date(date.fromisoformat(step.reason['booked_on']))}"


def _place(moment: Any, person: str) -> str:
    day = long_date(clock.local_day(moment))
    return f"{day}, {local_time(moment)} Uhr, {person}"
