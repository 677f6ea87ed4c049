"""What a proposal does, line by line: the visits as they stand beside the plan that was found."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from itsm.core import clock
from itsm.dispatch.models import Assurance, StepKind, Visit, WeekPlanStep
from itsm.dispatch.planner.week.index import Index
from itsm.dispatch.planner.week.model import Plan
from itsm.dispatch.planner.week.reasons import LeftOut
from itsm.dispatch.planner.week.timeline import tour
from itsm.dispatch.service.plan_reasons import reason_of
from itsm.dispatch.service.week import Week
from itsm.dispatch.service.week_jobs import Piece, is_firm
from itsm.dispatch.words import ANNOUNCED

CHANGES = frozenset({StepKind.NEW, StepKind.MOVED, StepKind.CANCELLED})


@dataclass
class Place:
    """Where a job stands in a plan: who comes when, who lends a hand, and behind which stop of the same building."""

    user_id: int
    starts_at: datetime
    arrives: bool
    helper_id: int | None = None


def steps(week: Week, plan: Plan, reasons: Mapping[str, LeftOut]) -> list[WeekPlanStep]:
    """Return the steps from the visits as they stand to a plan, the earliest first."""
    places = _places(week, plan)
    joined = _joined(week, plan)
    found = [
        step
        for key, piece in week.pieces.items()
        if key not in week.guests and key not in joined.follows
        for step in _steps_of(week, piece, places, reasons, joined)
    ]
    return sorted(
        found, key=lambda step: (step.new_starts_at is None, step.new_starts_at or step.old_starts_at or week.at)
    )


@dataclass(frozen=True)
class Joined:
    """Tickets that make one visit with the stop before or behind them: `leads` names the others of each."""

    leads: Mapping[str, Sequence[str]]
    follows: Collection[str]


def _places(week: Week, plan: Plan) -> dict[str, Place]:
    index, together = Index.of(week.problem), dict(plan.together)
    places: dict[str, Place] = {}
    for route in plan.routes:
        found = tour(index, route, together)
        if found is None:
            raise ValueError(f"The plan breaks a rule on day {route.day} of {route.worker}.")
        user_id = week.user(route.worker).id
        for stop, before in zip(found.stops, (None, *found.stops), strict=False):
            known = places.get(stop.job)
            if known is None:
                arrives = before is None or index.jobs[before.job].site != index.jobs[stop.job].site
                places[stop.job] = Place(user_id, week.moment(stop.start_at), arrives)
            elif _leads(week, stop.job) == user_id:
                places[stop.job] = Place(user_id, known.starts_at, known.arrives, helper_id=known.user_id)
            else:
                known.helper_id = user_id
    return {key: place for key, place in places.items() if index.jobs[key].people == 1 or place.helper_id}


def _leads(week: Week, key: str) -> int:
    """Of two people on a visit, who was booked stays the first."""
    visit = week.pieces[key].visit
    return visit.user_id if visit is not None else 0


def _joined(week: Week, plan: Plan) -> Joined:
    """Put tickets together with what is done at the same school right before or after them."""
    index, leads = Index.of(week.problem), dict[str, list[str]]()
    for route in plan.routes:
        group: list[str] = []
        for key in (*route.jobs, None):
            if key is not None and _fits(week, index, group, key):
                group.append(key)
                continue
            if len(group) > 1:
                leader = next((one for one in group if week.pieces[one].visit is not None), group[0])
                leads[leader] = [one for one in group if one != leader]
            group = [key] if key is not None else []
    return Joined(leads, {key for keys in leads.values() for key in keys})


def _fits(week: Week, index: Index, group: Sequence[str], key: str) -> bool:
    if not group:
        return True
    first, other = week.pieces[group[0]], week.pieces[key]
    visits = [week.pieces[one].visit for one in (*group, key) if week.pieces[one].visit is not None]
    alone = all(index.jobs[one].people == 1 and one not in week.guests for one in (*group, key))
    # In front of an appointment the tickets get a visit of their own: its time is fixed.
    is_free = other.visit is None or not other.visit.is_fixed
    return (
        alone and is_free and len(visits) <= 1 and (first.school.id, first.site.id) == (other.school.id, other.site.id)
    )


def _steps_of(
    week: Week,
    piece: Piece,
    places: Mapping[str, Place],
    reasons: Mapping[str, LeftOut],
    joined: Joined,
) -> Iterator[WeekPlanStep]:
    place = places.get(piece.key)
    others = [week.pieces[key] for key in joined.leads.get(piece.key, ())]
    if piece.visit is not None:
        yield _visit_step(week, piece, piece.visit, place, reasons)
        if others and place is not None:
            first = min(places[one.key].starts_at for one in (piece, *others))
            yield _new_step(week, others, Place(place.user_id, first, arrives=False), piece.visit)
    elif place is not None:
        yield _new_step(week, [piece, *others], place)
    elif piece.key in reasons:
        yield _step(piece, StepKind.LEFT_OUT, reason=reason_of(week, reasons[piece.key]))


def _visit_step(
    week: Week, piece: Piece, visit: Visit, place: Place | None, reasons: Mapping[str, LeftOut]
) -> WeekPlanStep:
    if place is not None:
        kind = StepKind.MOVED if _is_moved(visit, place) else StepKind.KEPT
        breaks = visit.assurance is not Assurance.SOFT and _leaves_span(visit, place)
        return _step(piece, kind, place, breaks_promise=breaks)
    reason = reason_of(week, reasons[piece.key]) if piece.key in reasons else {}
    stands = any(piece.key in route.jobs for route in week.in_force.routes)
    # What is fixed, or cannot be kept even now, waits for a person; a plan calls off what it weighs too light.
    if stands and (is_firm(visit) or not any(piece.key in route.jobs for route in week.kept.routes)):
        return _step(piece, StepKind.KEPT, reason=reason)
    return _step(piece, StepKind.CANCELLED, reason=reason, breaks_promise=visit.assurance is not Assurance.SOFT)


def _is_moved(visit: Visit, place: Place) -> bool:
    return place.user_id != visit.user_id or _leaves_span(visit, place)


def _leaves_span(visit: Visit, place: Place) -> bool:
    """Whether a visit comes on another day, or outside the span the school was told for its day."""
    is_same_day = clock.local_day(place.starts_at) == visit.visit_on
    return not is_same_day or abs(place.starts_at - visit.starts_at) >= ANNOUNCED


def _new_step(week: Week, pieces: Sequence[Piece], place: Place, visit: Visit | None = None) -> WeekPlanStep:
    jobs = {job.key: job for job in week.problem.jobs}
    minutes = sum(jobs[piece.key].seconds for piece in pieces) // 60
    step = _step(pieces[0], StepKind.NEW, place)
    step.ticket_ids = [ticket_id for piece in pieces for ticket_id in piece.ticket_ids]
    step.priority = min(piece.priority for piece in pieces)
    step.minutes = max(5, minutes + (week.sign_in_minutes if place.arrives else 0))
    if visit is not None:
        step.visit_id, step.visit_version = visit.id, visit.version_id
    days = [week.booked[piece.key] for piece in pieces if piece.key in week.booked]
    if days:
        step.reason = {"booked_on": min(days).isoformat()}
    return step


def changes(found: Sequence[WeekPlanStep]) -> bool:
    """Whether there is anything to accept."""
    return any(step.kind in CHANGES for step in found)


def left_out(found: Sequence[WeekPlanStep]) -> list[WeekPlanStep]:
    """The tickets nobody comes for."""
    return [step for step in found if step.kind is StepKind.LEFT_OUT]


def unexplained(week: Week, plan: Plan) -> list[str]:
    """The jobs a person will ask about: not in the plan, and not booked for a later week."""
    placed = {key for key, _ in plan.placed()}
    return [key for key in week.pieces if key not in placed | week.guests | week.booked.keys()]


def _step(
    piece: Piece,
    kind: StepKind,
    place: Place | None = None,
    *,
    reason: dict[str, object] | None = None,
    breaks_promise: bool = False,
) -> WeekPlanStep:
    visit = piece.visit
    return WeekPlanStep(
        kind=kind,
        school_id=piece.school.id,
        site_id=piece.site.id,
        visit_id=visit.id if visit else None,
        visit_version=visit.version_id if visit else None,
        ticket_ids=piece.ticket_ids,
        priority=piece.priority,
        minutes=piece.minutes,
        old_user_id=visit.user_id if visit else None,
        old_starts_at=visit.starts_at if visit else None,
        new_user_id=place.user_id if place else None,
        helper_id=place.helper_id if place else None,
        new_starts_at=place.starts_at if place else None,
        breaks_promise=breaks_promise,
        reason=reason or {},
    )
