"""A manager's day as the page shows it: the stops in order, and the one action that comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.german import local_time
from itsm.dispatch import queries
from itsm.dispatch.models import Visit
from itsm.dispatch.service import late, routes
from itsm.dispatch.states import OPEN, VisitState

# Less waiting than this is not worth a word.
WORTH_SAYING_MINUTES = 10
SHOWN_AS = {VisitState.DONE: "done", VisitState.CANCELLED: "missed", VisitState.MISSED: "missed"}


@dataclass(frozen=True)
class Halt:
    """A stop of the day; `spare_minutes` is the time left over before it."""

    visit: Visit
    number: int
    look: str
    times: str
    spare_minutes: int
    late_minutes: int = 0


@dataclass(frozen=True)
class Agenda:
    """The stops of a day between the base and the base."""

    user: User
    day: date
    halts: tuple[Halt, ...]
    following: Visit | None
    base_name: str
    leaves_at: datetime | None
    back_at: datetime | None
    back_minutes: int
    back_metres: int
    line: tuple[tuple[float, float], ...]

    @property
    def open_count(self) -> int:
        """How many stops are still to be made."""
        return sum(halt.visit.state in OPEN for halt in self.halts)


def agenda(user: User, day: date) -> Agenda:
    """Put the day of a manager together; the number of queries does not depend on the stops."""
    visits = sorted(queries.day_of(user.id, day), key=lambda visit: (_moment(visit), visit.position))
    live = [visit for visit in visits if visit.state in OPEN or visit.state is VisitState.DONE]
    following = _following(live)
    base_name, base = routes.base_of(visits)
    back = routes.way_back(live, day) if live else None
    ends_at = _end(live[-1]) if live else None
    places = [(visit.site.latitude, visit.site.longitude) for visit in live]
    known = [(lat, lon) for lat, lon in places if lat is not None and lon is not None]
    return Agenda(
        user=user,
        day=day,
        halts=tuple(_halts(visits, following)),
        following=following,
        base_name=base_name,
        leaves_at=_moment(live[0]) - timedelta(minutes=live[0].travel_minutes) if live else None,
        back_at=ends_at + timedelta(minutes=back.minutes) if ends_at and back else None,
        back_minutes=back.minutes if back else 0,
        back_metres=back.metres if back else 0,
        line=((base.lat, base.lon), *known, (base.lat, base.lon)) if known else (),
    )


def _halts(visits: Sequence[Visit], following: Visit | None) -> list[Halt]:
    halts, free_at, number = [], None, 0
    for visit in visits:
        called_off = visit.state in (VisitState.CANCELLED, VisitState.MISSED)
        number += not called_off
        spare = 0
        if free_at is not None and visit.state is VisitState.PLANNED:
            spare = int((_moment(visit) - free_at).total_seconds() // 60) - visit.travel_minutes
        look = "current" if visit is following else SHOWN_AS.get(visit.state, "ahead")
        times = f"{local_time(_moment(visit))}–{local_time(_end(visit))}"
        behind = late.late_minutes(visit) if visit.state in late.AHEAD else 0
        halts.append(
            Halt(
                visit,
                number,
                look,
                times,
                spare_minutes=spare if spare >= WORTH_SAYING_MINUTES else 0,
                late_minutes=behind if behind >= WORTH_SAYING_MINUTES else 0,
            )
        )
        free_at = free_at if called_off else _end(visit)
    return halts


def _following(live: Sequence[Visit]) -> Visit | None:
    """The stop under way, else the next one ahead."""
    under_way = (visit for visit in live if visit.state in (VisitState.ON_SITE, VisitState.DRIVING))
    return next(under_way, None) or next((visit for visit in live if visit.state is VisitState.PLANNED), None)


def _moment(visit: Visit) -> datetime:
    """When a stop began or begins, as far as is known."""
    expected_at = visit.expected_at if visit.state in OPEN else None
    return visit.arrived_at or expected_at or visit.starts_at


def _end(visit: Visit) -> datetime:
    return visit.left_at or _moment(visit) + timedelta(minutes=visit.minutes)


def today_of(user: User, at: datetime) -> Agenda:
    """The agenda of the present day."""
    return agenda(user, clock.local_day(at))
