"""What a person does with the plan on the board: move, plan, pin, split, merge, and take the last step back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from itsm.core import clock
from itsm.core.access import Actor
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.core.german import local_date, local_time
from itsm.dispatch import board_queries, figures, notices, policy, queries, words
from itsm.dispatch.models import Assurance, BoardStep, Visit, VisitKind
from itsm.dispatch.service import bundles, effects, placing, routes
from itsm.dispatch.service.effects import Effect, Goal
from itsm.dispatch.service.locks import hold
from itsm.dispatch.service.moves import move as set_state
from itsm.dispatch.service.withdrawals import withdraw_for
from itsm.dispatch.states import LABELS, VisitState
from itsm.tickets.models import Ticket

NO_RIGHT = "Besuche verschiebt nur das Campusmanagement des Bezirks oder die Teamleitung."
CHANGED = "Seitdem hat jemand anderes etwas daran geändert. Den jetzigen Stand zeigt die Seite „Einsatz“."
# After this long nobody remembers what the button would take back.
UNDO_WITHIN = timedelta(hours=12)


@dataclass(frozen=True)
class Pins:
    """What of a visit no plan may change."""

    day: bool
    user: bool
    time: bool


def move(actor: Actor, visit: Visit, goal: Goal, version: int, at: datetime, *, nod: bool = False) -> Visit:
    """Move a visit to another person, day or time; return the visit that now stands for it.

    Raises: NotAllowed without the right; Conflict if somebody changed the visit after `version`; DomainError
        with the reason if it cannot stand there, or only with a nod.
    Source: docs/rules/visits.md, VI-21 and VI-22.
    """
    _hold(actor, visit, version)
    effect = _checked(effects.of(visit, goal, at), nod=nod)
    before, told = _columns(visit), words.when(visit, at)
    days = _days_as_they_are({(visit.user_id, visit.visit_on), (goal.user.id, goal.day)})
    label = f"{visit.school.short_name} verschoben: {_where(visit)} → {_day_words(goal.day)} {goal.user.name}"
    moved = _put(visit, effect, goal, at)
    if words.when(moved, at) != told or moved.user_id != before["user_id"]:
        _tell(moved, at)
    _note(actor, label, at, "move", days, [moved], before=before)
    return moved


def plan(actor: Actor, tickets: Sequence[Ticket], goal: Goal, at: datetime, *, nod: bool = False) -> Visit:
    """Make a visit for tickets nobody is booked for, and tell the school: a person has decided it.

    Raises: NotAllowed, Conflict and DomainError as `move`.
    Source: docs/rules/visits.md, VI-21.
    """
    first = tickets[0]
    if not policy.may_plan_for(actor, first.school):
        raise NotAllowed(NO_RIGHT)
    hold(first.district_id)
    if queries.next_visit_of(first.id) is not None:
        raise Conflict(f"Für {first.number} steht inzwischen ein Besuch fest. Bitte laden Sie die Seite neu.")
    effect = _checked(effects.of(first, goal, at), nod=nod)
    numbers = figures.visit_on(goal.day)
    helper = int(effect.helper_key[1:]) if effect.helper_key else None
    spot = placing.Spot(goal.user.id, _moment(effect, goal), effect.is_fixed, helper)
    days = _days_as_they_are({(goal.user.id, goal.day)})
    visit = placing.open_visit(tickets, first.site, spot, numbers[figures.SIGN_IN_MINUTES], at)
    visit.minutes = routes.needed_minutes(visit, numbers)
    _order(effect.order, {f"t{first.id}": visit})
    for one in (visit, *placing.helpers_of(visit)):
        one.assurance = Assurance.TOLD
        routes.retime(one.user_id, goal.day, at)
    notices.planned(visit, at)
    label = f"{visit.school.short_name} eingeplant: {_day_words(goal.day)} {goal.user.name}"
    _note(actor, label, at, "plan", days, [visit])
    return visit


def pin(actor: Actor, visit: Visit, pins: Pins, version: int, at: datetime) -> None:
    """Keep day, person or time of a visit as they are, or let the planner have them again.

    Source: docs/rules/visits.md, VI-23.
    """
    _hold(actor, visit, version)
    before, days = _columns(visit), _days_as_they_are({(visit.user_id, visit.visit_on)})
    visit.is_day_pinned, visit.is_user_pinned, visit.is_fixed = pins.day, pins.user, pins.time
    routes.retime(visit.user_id, visit.visit_on, at)
    _note(actor, f"{visit.school.short_name}: Anheften geändert", at, "pin", days, [visit], before=before)


def split(actor: Actor, visit: Visit, ticket_ids: Collection[int], version: int, at: datetime) -> Visit:
    """Take tickets off a visit and make one of their own of them, the next stop of the same day.

    Raises: DomainError unless some stay and some go.
    Source: docs/rules/visits.md, VI-24.
    """
    _hold(actor, visit, version)
    going = [job.ticket for job in visit.waiting if job.ticket_id in ticket_ids]
    if not going or len(going) == len(visit.jobs):
        raise DomainError(
            "Bitte wählen Sie einige Störungen aus, aber nicht alle: Beide Besuche brauchen etwas zu tun."
        )
    numbers, before = figures.visit_on(visit.visit_on), _columns(visit)
    spot = placing.Spot(visit.user_id, visit.ends_at)
    days = _days_as_they_are({(visit.user_id, visit.visit_on)})
    _make_room_behind(visit)
    other = placing.open_visit(going, visit.site, spot, numbers[figures.SIGN_IN_MINUTES], at)
    # The school knows of the visit these tickets were on.
    other.assurance = Assurance.SOFT if visit.assurance is Assurance.SOFT else Assurance.TOLD
    other.position = visit.position + 1
    for one in (visit, other):
        one.minutes = routes.needed_minutes(one, numbers)
    routes.retime(visit.user_id, visit.visit_on, at)
    _note(actor, f"{visit.school.short_name} geteilt", at, "split", days, [visit, other], before=before)
    return other


def merge(actor: Actor, visit: Visit, other: Visit, version: int, at: datetime) -> Visit:
    """Put everything of another visit of the same person, day and building on this one.

    Raises: DomainError for two visits that are not at the same place and time of day.
    Source: docs/rules/visits.md, VI-24.
    """
    _hold(actor, visit, version)
    if other.id not in {one.id for one in board_queries.beside(visit)}:
        raise DomainError(
            "Zusammenlegen lassen sich nur Besuche einer Person an einem Tag bei einer Schule im selben Gebäude."
        )
    before, gone, days = _columns(visit), _columns(other), _days_as_they_are({(visit.user_id, visit.visit_on)})
    _take_over(visit, other)
    set_state(other, "cancel", at, f"Zusammengelegt mit dem Besuch um {local_time(visit.starts_at)} Uhr.")
    withdraw_for(other)
    visit.minutes = routes.needed_minutes(visit, figures.visit_on(visit.visit_on))
    routes.retime(visit.user_id, visit.visit_on, at)
    _note(actor, f"{visit.school.short_name} zusammengelegt", at, "merge", days, [visit], before=before, gone=gone)
    return visit


def undo(actor: Actor, step_id: int, at: datetime) -> BoardStep:
    """Take the last step back.

    Raises: NotFound for a step of somebody else; Conflict if it is not the last one, is too old, or something it
        touched has changed since.
    Source: docs/rules/visits.md, VI-24.
    """
    step = board_queries.last_step_of(actor, at - UNDO_WITHIN)
    if step is None or step.id != step_id:
        mine = db.session.get(BoardStep, step_id)
        if mine is None or mine.user_id != actor.user_id:
            raise NotFound("Diesen Schritt gibt es nicht.")
        raise Conflict("Zurücknehmen lässt sich nur der letzte Schritt, und nur am selben Tag.")
    visits = [_unchanged(actor, after) for after in step.undo["after"]]
    _UNDO[step.undo["what"]](visits, step.undo, at)
    db.session.flush()
    for row in step.undo["days"]:
        routes.retime(row["user_id"], date.fromisoformat(row["day"]), at)
        _restore(row, at)
    step.undone_at = at
    return step


def _put(visit: Visit, effect: Effect, goal: Goal, at: datetime) -> Visit:
    left = visit.user_id, visit.visit_on
    helper = int(effect.helper_key[1:]) if effect.helper_key else None
    moved = placing.place(visit, placing.Spot(goal.user.id, _moment(effect, goal), effect.is_fixed, helper), at)
    if moved.assurance is Assurance.CONFIRMED:
        # The school said yes to something else.
        moved.assurance = Assurance.TOLD
    moved.is_day_pinned, moved.is_user_pinned = visit.is_day_pinned, visit.is_user_pinned
    _order(effect.order, {f"v{visit.id}": moved})
    helpers = {(one.user_id, one.visit_on) for one in placing.helpers_of(moved)}
    for user_id, day in sorted({left, (moved.user_id, moved.visit_on)} | helpers):
        routes.retime(user_id, day, at)
    return moved


def _hold(actor: Actor, visit: Visit, version: int) -> None:
    if not policy.may_plan(actor, visit):
        raise NotAllowed(NO_RIGHT)
    hold(visit.district_id)
    db.session.refresh(visit)
    if visit.version_id != version:
        raise Conflict(
            f"Der Besuch bei {visit.school.short_name} ist inzwischen geändert: {_where(visit)}, "
            f"{local_time(visit.starts_at)} Uhr. Ihre Änderung ist nicht gespeichert. Bitte prüfen Sie den neuen Stand."
        )
    if visit.state is not VisitState.PLANNED:
        raise DomainError(f"Der Besuch ist schon {LABELS[visit.state]}. Er lässt sich nicht mehr ändern.")


def _checked(effect: Effect, *, nod: bool) -> Effect:
    if not effect.is_possible:
        raise DomainError(" ".join((effect.sentence, *effect.lines)))
    if effect.needs_nod and not nod:
        raise DomainError(f"{' '.join(effect.lines[1:])} Bitte bestätigen Sie, dass es trotzdem so sein soll.")
    return effect


def _moment(effect: Effect, goal: Goal) -> datetime:
    if effect.starts_at is None:
        raise DomainError(f"Für {local_date(goal.day)} ließ sich keine Uhrzeit finden.")
    return effect.starts_at


def _order(keys: Iterable[str], new: dict[str, Visit]) -> None:
    """Write the order of a day down; the planner knows visits by their keys."""
    ids = [int(key[1:]) for key in keys if key.startswith("v")]
    known = {f"v{visit.id}": visit for visit in db.session.scalars(sa.select(Visit).where(Visit.id.in_(ids)))} | new
    for position, key in enumerate(keys, 1):
        if key in known:
            known[key].position = position


def _make_room_behind(visit: Visit) -> None:
    for other in queries.day_of(visit.user_id, visit.visit_on):
        if other.position > visit.position:
            other.position += 1


def _take_over(visit: Visit, other: Visit) -> None:
    for job in list(other.jobs):
        other.jobs.remove(job)
        visit.jobs.append(job)
    for task in list(other.tasks):
        other.tasks.remove(task)
        visit.tasks.append(task)
    db.session.flush()


def _tell(visit: Visit, at: datetime) -> None:
    if visit.assurance is not Assurance.SOFT:
        notices.moved(visit, at)


def _where(visit: Visit) -> str:
    return f"{_day_words(visit.visit_on)} {visit.user.name}"


def _day_words(day: date) -> str:
    return f"{local_date(day)[:2]} {day:%d.%m.}"


def _columns(visit: Visit) -> dict[str, Any]:
    """What undoing gives back."""
    return {
        "id": visit.id,
        "user_id": visit.user_id,
        "visit_on": visit.visit_on.isoformat(),
        "starts_at": visit.starts_at.isoformat(),
        "is_fixed": visit.is_fixed,
        "is_day_pinned": visit.is_day_pinned,
        "is_user_pinned": visit.is_user_pinned,
        "assurance": visit.assurance.value,
        "state": visit.state.value,
        "position": visit.position,
        "ticket_ids": sorted(job.ticket_id for job in visit.jobs),
    }


# What may differ: the route sets these itself whenever a day changes.
_BY_ROUTE = frozenset({"starts_at", "position"})


def _note(
    actor: Actor,
    label: str,
    at: datetime,
    what: str,
    days: list[dict[str, Any]],
    visits: Sequence[Visit],
    *,
    before: dict[str, Any] | None = None,
    gone: dict[str, Any] | None = None,
) -> None:
    db.session.flush()
    undo = {"what": what, "days": days, "before": before, "gone": gone, "after": [_columns(visit) for visit in visits]}
    db.session.add(BoardStep(user_id=actor.user_id, done_at=at, label=label, undo=undo))
    db.session.flush()


def _unchanged(actor: Actor, after: dict[str, Any]) -> Visit:
    visit = db.session.get(Visit, after["id"])
    if visit is None:
        raise Conflict(CHANGED)
    if not policy.may_plan(actor, visit):
        raise NotAllowed(NO_RIGHT)
    hold(visit.district_id)
    db.session.refresh(visit)
    now = _columns(visit)
    if any(now[name] != after[name] for name in now if name not in _BY_ROUTE):
        raise Conflict(CHANGED)
    return visit


def _days_as_they_are(days: Iterable[tuple[int, date]]) -> list[dict[str, Any]]:
    """The stops of days of people with what a route sets: undoing gives these back, too."""
    return [
        {
            "user_id": user_id,
            "day": day.isoformat(),
            "stops": {str(visit.id): _route_columns(visit) for visit in _ahead(user_id, day)},
        }
        for user_id, day in sorted(days)
    ]


def _ahead(user_id: int, day: date) -> list[Visit]:
    return [visit for visit in queries.day_of(user_id, day) if visit.state is VisitState.PLANNED]


def _route_columns(visit: Visit) -> list[Any]:
    return [visit.starts_at.isoformat(), visit.position, visit.travel_minutes, visit.travel_metres]


def _restore(row: dict[str, Any], at: datetime) -> None:
    """Give the stops of a day their times back, if they are those of before and the day neither runs nor breaks."""
    user_id, day = row["user_id"], date.fromisoformat(row["day"])
    visits = _ahead(user_id, day)
    if (
        routes.is_running(user_id, day, at)
        or {str(visit.id) for visit in visits} != set(row["stops"])
        or any(visit.breach for visit in visits)
    ):
        return
    for visit in visits:
        starts_at, position, minutes, metres = row["stops"][str(visit.id)]
        visit.starts_at, visit.position = datetime.fromisoformat(starts_at), position
        visit.travel_minutes, visit.travel_metres = minutes, metres
        visit.expected_at = None


def _undo_move(visits: Sequence[Visit], undo: dict[str, Any], at: datetime) -> None:
    before = undo["before"]
    _refuse_past(before, at)
    spot = placing.Spot(before["user_id"], datetime.fromisoformat(before["starts_at"]), before["is_fixed"])
    moved = placing.place(visits[0], spot, at)
    moved.position = before["position"]
    moved.is_day_pinned, moved.is_user_pinned = before["is_day_pinned"], before["is_user_pinned"]
    _tell(moved, at)
    moved.assurance = Assurance(before["assurance"])


def _undo_plan(visits: Sequence[Visit], undo: dict[str, Any], at: datetime) -> None:
    reason = "Wir planen den Besuch noch einmal neu."
    for one in (visits[0], *placing.helpers_of(visits[0])):
        set_state(one, "cancel", at, reason)
    bundles.release(visits[0], reason, at)
    notices.called_off(visits[0], at)


def _undo_pin(visits: Sequence[Visit], undo: dict[str, Any], at: datetime) -> None:
    before, visit = undo["before"], visits[0]
    visit.is_day_pinned, visit.is_user_pinned = before["is_day_pinned"], before["is_user_pinned"]
    visit.is_fixed = before["is_fixed"]


def _undo_split(visits: Sequence[Visit], undo: dict[str, Any], at: datetime) -> None:
    visit, other = visits
    _take_over(visit, other)
    set_state(other, "cancel", at, "Wieder zusammengelegt.")
    visit.minutes = routes.needed_minutes(visit, figures.visit_on(visit.visit_on))


def _undo_merge(visits: Sequence[Visit], undo: dict[str, Any], at: datetime) -> None:
    visit, gone = visits[0], undo["gone"]
    _refuse_past(gone, at)
    tickets = [job.ticket for job in visit.jobs if job.ticket_id in gone["ticket_ids"]]
    numbers = figures.visit_on(visit.visit_on)
    spot = placing.Spot(gone["user_id"], datetime.fromisoformat(gone["starts_at"]), gone["is_fixed"])
    if tickets:
        other = placing.open_visit(tickets, visit.site, spot, numbers[figures.SIGN_IN_MINUTES], at)
        other.kind, other.assurance = VisitKind.MANUAL, Assurance(gone["assurance"])
        other.position = gone["position"]
        other.minutes = routes.needed_minutes(other, numbers)
    visit.minutes = routes.needed_minutes(visit, numbers)


def _refuse_past(row: dict[str, Any], at: datetime) -> None:
    if date.fromisoformat(row["visit_on"]) < clock.local_day(at):
        raise Conflict("Der alte Tag ist vorbei. Dorthin lässt sich nichts zurücknehmen.")


_UNDO = {"move": _undo_move, "plan": _undo_plan, "pin": _undo_pin, "split": _undo_split, "merge": _undo_merge}
