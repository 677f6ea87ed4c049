"""The people of the demo city, and who of them one can sign in as."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from itsm.accounts.models import Absence, GrantRow, User
from itsm.core.access import Role
from itsm.demo.city import DISTRICTS, City
from itsm.demo.names import People
from itsm.demo.rows import Rows
from itsm.dispatch.models import Workday

# One for all: the demo holds nothing worth hiding, and says so.
PASSWORD = "schul-it-vorfuehrung"  # noqa: S105
# Press reports speak of 13 managers for 11 districts, so two districts have two.
DISTRICTS_WITH_TWO = (1, 9)
ABSENT_DISTRICT = 5
CITY_ROLES = (
    (Role.DISPATCHER, "team@example.org"),
    (Role.SECOND_LEVEL, "systemhaus@example.org"),
    (Role.SECOND_LEVEL, "systemhaus2@example.org"),
    (Role.ADMINISTRATOR, "admin@example.org"),
    (Role.AUDITOR, "revision@example.org"),
    (Role.CLAIMS_CLERK, "schaden@example.org"),
    (Role.CLAIMS_APPROVER, "freigabe@example.org"),
    (Role.KB_EDITOR, "redaktion@example.org"),
    (Role.KB_EDITOR, "redaktion2@example.org"),
)
SCHOOL_ROLES = (Role.HEAD_OF_SCHOOL, Role.MEDIA_COORDINATOR, Role.REPORTER, Role.REPORTER)
# The first school and the first district have people with addresses one can remember.
FIRST_SCHOOL = ("leitung@example.org", "medien@example.org", "lehrkraft@example.org", "lehrkraft2@example.org")
FIRST_MANAGERS = ("campus@example.org", "campus2@example.org")

SIGN_INS = (
    ("Lehrkraft", "lehrkraft@example.org"),
    ("Medienkoordination", "medien@example.org"),
    ("Schulleitung", "leitung@example.org"),
    ("Campusmanagement", "campus@example.org"),
    ("Systemhaus", "systemhaus@example.org"),
    ("Teamleitung", "team@example.org"),
    ("Redaktion", "redaktion@example.org"),
    ("Redaktion 2", "redaktion2@example.org"),
    ("Schadensbearbeitung", "schaden@example.org"),
    ("Schadensfreigabe", "freigabe@example.org"),
    ("Revision", "revision@example.org"),
    ("Administration", "admin@example.org"),
)


@dataclass
class Staff:
    """Who drives in each district, and who holds a role for the whole city."""

    managers: dict[int, list[int]] = field(default_factory=dict)
    in_city: dict[Role, list[int]] = field(default_factory=dict)

    def manager_of(self, district_id: int, school_id: int) -> int:
        """Return the manager who drives to a school; two share a district by turns."""
        managers = self.managers[district_id]
        return managers[school_id // len(DISTRICTS) % len(managers)]

    def deputy_of(self, district_id: int) -> int:
        """Return who stands in: the manager of the next district."""
        return self.managers[district_id % len(DISTRICTS) + 1][0]


def sign_in_table() -> str:
    """Return the demo sign-ins as lines for the terminal."""
    lines = [f"  {label:20}{address}" for label, address in SIGN_INS]
    return "\n".join(["Anmelden als (alle Personen sind erfunden):", *lines, f"  {'Kennwort':20}{PASSWORD}"])


def build(rows: Rows, random: Random, people: People, city: City, password_hash: str, at: datetime) -> Staff:
    """Add all people with their grants, working days and one absence."""

    def person(address: str = "") -> int:
        return rows.add(
            User,
            email=address or people.address(),
            name=people.name(),
            phone=f"0231 555-{random.randint(9000, 9999)}",
            password_hash=password_hash,
            created_at=at - timedelta(days=200),
            disabled_at=None,
        )

    staff = Staff()
    for role, address in CITY_ROLES:
        user_id = person(address)
        _grant(rows, user_id, role)
        staff.in_city.setdefault(role, []).append(user_id)
    for district_id in range(1, len(DISTRICTS) + 1):
        wanted = 2 if district_id in DISTRICTS_WITH_TWO else 1
        addresses = FIRST_MANAGERS[:wanted] if district_id == 1 else [""] * wanted
        staff.managers[district_id] = [person(address) for address in addresses]
        for user_id in staff.managers[district_id]:
            _grant(rows, user_id, Role.CAMPUS_MANAGER, district_id=district_id)
            _workdays(rows, user_id)
    for district_id in staff.managers:
        _grant(rows, staff.deputy_of(district_id), Role.CAMPUS_MANAGER, district_id=district_id, is_deputy=True)
    for index, school in enumerate(city.schools):
        for role, address in zip(SCHOOL_ROLES, FIRST_SCHOOL if index == 0 else ("",) * 4, strict=True):
            school.staff_ids.append(person(address))
            _grant(rows, school.staff_ids[-1], role, school_id=school.id)
    return staff


def add_absence(rows: Rows, staff: Staff, first_on: date, last_on: date) -> None:
    """Let one manager be away, with the deputy named."""
    rows.add(
        Absence,
        user_id=staff.managers[ABSENT_DISTRICT][0],
        deputy_id=staff.deputy_of(ABSENT_DISTRICT),
        first_on=first_on,
        last_on=last_on,
        note="Urlaub",
    )


def _grant(
    rows: Rows,
    user_id: int,
    role: Role,
    *,
    school_id: int | None = None,
    district_id: int | None = None,
    is_deputy: bool = False,
) -> None:
    rows.add(
        GrantRow,
        user_id=user_id,
        role=role,
        school_id=school_id,
        district_id=district_id,
        is_deputy=is_deputy,
        from_on=None,
        until_on=None,
    )


def _workdays(rows: Rows, user_id: int) -> None:
    for weekday in range(5):
        rows.add(Workday, user_id=user_id, weekday=weekday, starts=time(7, 30), ends=time(16 if weekday < 4 else 14))
