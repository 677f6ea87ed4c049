"""Tickets of the demo city in every state, each with the story that led there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from itsm.core.access import Role
from itsm.core.clock import local
from itsm.core.states import find
from itsm.demo import faults
from itsm.demo.city import City, SchoolPlan
from itsm.demo.days import Days, comes_on_demand
from itsm.demo.people import Staff
from itsm.demo.rows import Row, Rows
from itsm.dispatch.models import Result, VisitKind, VisitTicket
from itsm.org.models import Room
from itsm.tickets.models import Disturbance, Entry, Outcome, Target, Ticket, TicketDevice, TicketStep
from itsm.tickets.priority import priority_of
from itsm.tickets.report import SELF_SOLVED
from itsm.tickets.states import LABELS, MOVES, State

SOLVED_ON_VISITS = 340
CLOSE_AFTER = timedelta(days=7)
FIRST_SCHOOL_SHARE = 12
_HOUR = timedelta(hours=1)

T = TypeVar("T")


@dataclass(frozen=True)
class Desk:
    """What the tickets refer to: kinds of faults with their first steps, and the group of the Systemhaus."""

    fault_type_ids: dict[str, int]
    steps: dict[str, list[str]]
    group_id: int


class Story:
    """One ticket on its way through the states, every move with its entry."""

    def __init__(self, rows: Rows, ticket: Row) -> None:
        self.rows, self.ticket = rows, ticket
        self.entry(ticket["created_at"], ticket["reporter_id"], move="report", to_state=State.NEW)

    def move(self, name: str, at: datetime, author_id: int | None, text: str = "") -> "Story":
        """Carry out a move of the table and write it down."""
        before = self.ticket["state"]
        target = find(MOVES, name, before, LABELS).target
        self.ticket.update(state=target, state_at=at)
        if target is not State.CLOSED:
            self.ticket["solved_at"] = at if target is State.SOLVED else None
        self.ticket["closed_at"] = at if target in (State.CLOSED, State.WITHDRAWN) else None
        self.entry(at, author_id, text=text, move=name, from_state=before, to_state=target)
        return self

    def note(self, at: datetime, author_id: int, text: str) -> "Story":
        """Write an internal entry, if there is anything to write."""
        if text:
            self.entry(at, author_id, text=text, is_public=False)
        return self

    def solve(self, at: datetime, author_id: int | None, solution: str, now: datetime) -> None:
        """Solve the ticket, and close it if the days to reopen have passed."""
        self.ticket["solution"] = solution
        self.move("solve", at, author_id, solution)
        if at + CLOSE_AFTER <= now:
            self.move("close", at + CLOSE_AFTER, None)

    def entry(
        self,
        at: datetime,
        author_id: int | None,
        *,
        text: str = "",
        is_public: bool = True,
        move: str | None = None,
        from_state: State | None = None,
        to_state: State | None = None,
    ) -> None:
        """Add a line to the timeline."""
        self.rows.add(
            Entry,
            ticket_id=self.ticket["id"],
            at=at,
            author_id=author_id,
            is_public=is_public,
            move=move,
            from_state=from_state,
            to_state=to_state,
            text=text,
        )


class Reports:
    """Makes tickets at schools and tells their stories."""

    def __init__(self, rows: Rows, random: Random, city: City, staff: Staff, desk: Desk, now: datetime) -> None:
        self.rows, self.random, self.city, self.staff, self.desk, self.now = rows, random, city, staff, desk, now

    def on_past_visits(self, visits: Sequence[Row], wanted: int) -> None:
        """Tell of faults that a campus manager ended at the school."""
        for visit in self.random.choices(visits, k=wanted):
            created_at = self._before(visit["starts_at"])
            solved_at = visit["starts_at"] + timedelta(minutes=self.random.randint(8, 35))
            story, case = self._report(self._school(visit["school_id"]), created_at, visit["user_id"])
            accepted_at, planned_at = self._between(created_at, visit["starts_at"], 2)
            story.move("accept", accepted_at, visit["user_id"])
            story.move("plan", planned_at, visit["user_id"])
            story.note(solved_at, visit["user_id"], case.internal)
            story.solve(solved_at, visit["user_id"], case.solution, self.now)
            self._put_on(visit, story, result=Result.SOLVED, note=case.solution, recorded_at=solved_at)

    def on_coming_visits(self, visits: Sequence[Row]) -> None:
        """Tell of faults that wait for the next visit."""
        for visit in visits:
            # Every stop of the district one can sign in for has something to do.
            least = int(visit["district_id"] == 1 or visit["kind"] == VisitKind.EXTRA)
            for _ in range(max(least, self.random.choices((0, 1, 2, 3), (20, 45, 25, 10))[0])):
                created_at = self._ago(0.2, 4)
                urgent = visit["kind"] == VisitKind.EXTRA
                story, _ = self._report(self._school(visit["school_id"]), created_at, visit["user_id"], urgent=urgent)
                accepted_at, planned_at = self._between(created_at, self.now, 2)
                story.move("accept", accepted_at, visit["user_id"])
                story.move("plan", planned_at, visit["user_id"])
                self._put_on(visit, story)

    def of_every_kind(self) -> None:
        """Tell of faults in all other states; the first school has one of each."""
        kinds: dict[Callable[[SchoolPlan], None], int] = {
            self._new: 16,
            self._accepted: 14,
            self._waits_for_school: 9,
            self._waits_for_supplier: 12,
            self._with_second_level: 16,
            self._solved_by_second_level: 34,
            self._solved_at_school: 52,
            self._withdrawn: 6,
            self._reopened: 5,
            self._given_up: 4,
        }
        for tell, share in kinds.items():
            schools = [self.city.schools[0], *self.random.choices(self.city.schools, k=share - 1)]
            for school in schools:
                tell(school)

    def to_plan(self) -> None:
        """Tell of faults at the schools somebody visits only when there is something to do."""
        for school in self.city.schools:
            if comes_on_demand(school):
                for _ in range(self.random.randint(2, 4)):
                    story, _ = self._report(school, self._ago(0.3, 9))
                    self._accept(story)

    def _new(self, school: SchoolPlan) -> None:
        self._report(school, self._ago(0.05, 1))

    def _accepted(self, school: SchoolPlan) -> None:
        story, _ = self._report(school, self._ago(0.5, 4))
        self._accept(story)

    def _waits_for_school(self, school: SchoolPlan) -> None:
        story, _ = self._report(school, self._ago(1, 6))
        self._accept(story).move("ask-school", self._next(story), self._manager(story), self._any(faults.QUESTIONS))

    def _waits_for_supplier(self, school: SchoolPlan) -> None:
        story, _ = self._report(school, self._ago(3, 20), key="display")
        self._accept(story).move("await-supplier", self._next(story), self._manager(story), self._any(faults.ORDERS))

    def _with_second_level(self, school: SchoolPlan) -> None:
        story, _ = self._report(school, self._ago(0.3, 6), key=self._any(("iserv", "internet", "wlan")))
        self._escalate(self._accept(story))

    def _solved_by_second_level(self, school: SchoolPlan) -> None:
        story, case = self._report(school, self._ago(9, 50), key=self._any(("iserv", "internet")))
        self._escalate(self._accept(story))
        story.solve(self._next(story), self._agent(), case.solution, self.now)

    def _solved_at_school(self, school: SchoolPlan) -> None:
        story, _ = self._report(school, self._ago(0.2, 50), helped=True)
        story.ticket.update(solved_at_school=True, solution=SELF_SOLVED)
        at = story.ticket["created_at"]
        story.move("solve", at, None, SELF_SOLVED).move("close", at, None)

    def _withdrawn(self, school: SchoolPlan) -> None:
        story, _ = self._report(school, self._ago(3, 40))
        story.move("withdraw", self._next(story), story.ticket["reporter_id"], self._any(faults.WITHDRAWALS))

    def _reopened(self, school: SchoolPlan) -> None:
        story, case = self._report(school, self._ago(4, 7))
        self._accept(story).move("solve", self._next(story), self._manager(story), case.solution)
        story.ticket["solution"] = case.solution
        story.move("reopen", self._next(story), story.ticket["reporter_id"], self._any(faults.REOPENINGS))

    def _given_up(self, school: SchoolPlan) -> None:
        story, _ = self._report(school, self._ago(16, 40))
        self._accept(story).move("ask-school", self._next(story), self._manager(story), self._any(faults.QUESTIONS))
        story.move("give-up-waiting", story.ticket["state_at"] + timedelta(days=8), None)

    def _accept(self, story: Story) -> Story:
        return story.move("accept", self._next(story), self._manager(story))

    def _escalate(self, story: Story) -> Story:
        at = self._next(story)
        story.ticket.update(target=Target.SECOND_LEVEL, group_id=self.desk.group_id, assignee_id=None)
        story.move("escalate", at, self._manager(story))
        return story.note(at, self._manager(story), "Grund: Vor Ort nicht zu lösen.\nVor Ort versucht: alle Schritte.")

    def _report(
        self,
        school: SchoolPlan,
        created_at: datetime,
        assignee_id: int | None = None,
        *,
        key: str = "",
        helped: bool = False,
        urgent: bool = False,
    ) -> tuple[Story, faults.Case]:
        key = key or self.random.choices(list(faults.WEIGHTS), list(faults.WEIGHTS.values()))[0]
        case = self._any(faults.CASES[key])
        impact = self.random.choices((1, 2, 3), (8, 62, 30))[0]
        urgency = 1 if urgent else self.random.choices((1, 2, 3), (15, 55, 30))[0]
        site_id = self._any(school.site_ids)
        room_id = self._any(self.city.rooms[site_id])
        number = self.rows.add(
            Ticket,
            school_id=school.id,
            district_id=school.district_id,
            site_id=site_id,
            room_id=room_id,
            place=self.rows.of(Room)[room_id - 1]["name"],
            fault_type_id=self.desk.fault_type_ids[key],
            title=case.title,
            description=case.description,
            reporter_id=self._any(school.staff_ids),
            impact=impact,
            urgency=urgency,
            is_exam=urgency == 1 and self.random.random() < 0.1,
            priority=priority_of(impact, urgency),
            state=State.NEW,
            state_at=created_at,
            created_at=created_at,
            solved_at=None,
            closed_at=None,
            reminded_at=None,
            solved_at_school=False,
            solution="",
            target=Target.ON_SITE,
            group_id=None,
            assignee_id=assignee_id or self.staff.manager_of(school.district_id, school.id),
            idempotency_key=f"demo-{len(self.rows.of(Ticket)) + 1}",
            idempotency_digest="",
        )
        self._tried(number, key, helped)
        for _ in range(self.random.randint(1, 3) if key == "ipad" else 0):
            self.rows.add(TicketDevice, ticket_id=number, tag=f"DS-{school.number}-{self.random.randint(1, 60):04}")
        return Story(self.rows, self.rows.of(Ticket)[number - 1]), case

    def _tried(self, ticket_id: int, key: str, helped: bool) -> None:
        texts = self.desk.steps[key][: self.random.randint(2, 4)]
        for position, text in enumerate(texts, start=1):
            last = position == len(texts)
            other = Outcome.NOT_POSSIBLE if self.random.random() < 0.15 else Outcome.NOT_HELPED
            outcome = Outcome.HELPED if helped and last else other
            self.rows.add(TicketStep, ticket_id=ticket_id, position=position, text=text, outcome=outcome)

    def _put_on(
        self,
        visit: Row,
        story: Story,
        *,
        result: Result | None = None,
        note: str = "",
        recorded_at: datetime | None = None,
    ) -> None:
        self.rows.add(
            VisitTicket,
            visit_id=visit["id"],
            ticket_id=story.ticket["id"],
            is_waiting=result is None,
            result=result,
            note=note,
            spent_minutes=self.random.choice((5, 10, 15, 20, 30)) if result else None,
            parts="",
            recorded_at=recorded_at,
        )

    def _school(self, school_id: int) -> SchoolPlan:
        return self.city.schools[school_id - 1]

    def _manager(self, story: Story) -> int:
        return self.staff.manager_of(story.ticket["district_id"], story.ticket["school_id"])

    def _agent(self) -> int:
        return self._any(self.staff.in_city[Role.SECOND_LEVEL])

    def _any(self, things: Sequence[T]) -> T:
        return self.random.choice(things)

    def _ago(self, least_days: float, most_days: float) -> datetime:
        return self._in_office(self.now - timedelta(days=self.random.uniform(least_days, most_days)))

    def _before(self, moment: datetime) -> datetime:
        return self._in_office(moment - timedelta(days=self.random.uniform(1, 6)))

    def _in_office(self, moment: datetime) -> datetime:
        """Move a moment back to a weekday between seven and four, when schools report."""
        while local(moment).weekday() > 4 or not 7 <= local(moment).hour < 16:
            moment -= 5 * _HOUR
        return moment.replace(microsecond=0)

    def _next(self, story: Story) -> datetime:
        """Return when the next move came: some hours later, but not after now."""
        at: datetime = story.ticket["state_at"]
        draws = [self._between(at, min(at + 30 * _HOUR, self.now), 1)[0] for _ in range(12)]
        return next((moment for moment in draws if 7 <= local(moment).hour < 16), draws[0])

    def _between(self, first: datetime, last: datetime, number: int) -> list[datetime]:
        seconds = sorted(self.random.uniform(0, (last - first).total_seconds()) for _ in range(number))
        return [first + timedelta(seconds=int(offset)) for offset in seconds]


def build(rows: Rows, random: Random, city: City, staff: Staff, days: Days, desk: Desk, now: datetime) -> None:
    """Add tickets in all states, and two known disturbances."""
    reports = Reports(rows, random, city, staff, desk, now)
    reports.on_past_visits(days.past, SOLVED_ON_VISITS)
    reports.on_past_visits([visit for visit in days.past if visit["school_id"] == 1] or days.past, FIRST_SCHOOL_SHARE)
    reports.on_coming_visits([visit for visit in days.ahead if visit["visit_on"] == days.driven_on])
    reports.of_every_kind()
    reports.to_plan()
    _disturbances(rows, desk, staff, now)


def _disturbances(rows: Rows, desk: Desk, staff: Staff, now: datetime) -> None:
    texts = (
        ("WLAN in mehreren Schulen langsam", "Der Betreiber arbeitet daran, wir rechnen mit einem Tag.", 6, None),
        ("Lernplattform war nicht erreichbar", "Die Störung beim Anbieter ist behoben.", 60, 12),
    )
    for title, text, began_hours_ago, ended_hours_ago in texts:
        rows.add(
            Disturbance,
            title=title,
            text=text,
            fault_type_id=desk.fault_type_ids["internet" if ended_hours_ago else "wlan"],
            school_id=None,
            district_id=None if ended_hours_ago else 1,
            started_at=now - began_hours_ago * _HOUR,
            ended_at=now - ended_hours_ago * _HOUR if ended_hours_ago else None,
            created_by_id=staff.in_city[Role.DISPATCHER][0],
        )
