"""How long 500 demands take in one round: written by the worker, one paper, posted; beside 500 papers of one line."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
import typst

from bench.table import lines as table
from bench.table import number
from itsm.accounts import queries
from itsm.accounts.models import GrantRow, User
from itsm.app import create_app
from itsm.claims import letter_queries
from itsm.claims.kinds import Kind, Place, StatisticsClass
from itsm.claims.models import (
    Claim,
    ClaimItem,
    DamageCase,
    Debtor,
    Fault,
    Ground,
    Incident,
    Letter,
    LetterKind,
    Paper,
    PaperKind,
    Valuation,
    ValuationPolicy,
)
from itsm.claims.reference import with_check_digit
from itsm.claims.service import letter_rounds, letters
from itsm.claims.service.letters import Order
from itsm.claims.states import ClaimState, State
from itsm.config import read
from itsm.core import postgres
from itsm.core.access import Actor, Role
from itsm.core.db import db, writing
from itsm.operations import schema
from itsm.org.models import School

LETTERS, GOAL_SECONDS = 500, 60.0
AT = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
DAY, UNTIL = date(2026, 3, 17), date(2026, 3, 31)
KEY = "0123456789abcdef"
T = TypeVar("T")
_ONE_LINE = b'#set document(title: "Brief")\n#set text(lang: "de")\n#sys.inputs.data'


@dataclass(frozen=True)
class Figures:
    """Wall-clock seconds: writing and keeping each letter, the paper of all, posting, and as many papers of one line.

    Posting is no part of the run: between it and the paper lies the printer.
    """

    letters: int
    pages_kib: float
    write_seconds: float
    together_seconds: float
    post_seconds: float
    bare_seconds: float

    @property
    def seconds(self) -> float:
        """The whole run, to the paper that can be printed."""
        return self.write_seconds + self.together_seconds

    @property
    def ratio(self) -> float:
        """How many times as many papers of one line it takes."""
        return self.seconds / self.bare_seconds

    @property
    def missed(self) -> list[str]:
        """The goals that are not kept, in sentences."""
        return [f"{self.letters} Briefe dauern länger als {GOAL_SECONDS:g} s."] if self.seconds > GOAL_SECONDS else []


def measure() -> Figures:
    """Measure in a folder of its own, with a database server of its own."""
    with _database() as sender:
        with writing():
            clerk = _filled()
        wanted = [(one, Order(LetterKind.DEMAND, one.debtors[0].id)) for one in db.session.scalars(sa.select(Claim))]
        with writing():
            letter_rounds.ask(clerk, KEY, wanted, sender, AT)
        db.session.remove()
        write_seconds, _ = _timed(lambda: letter_rounds.run(KEY, sender, lambda: AT))
        written = db.session.scalars(sa.select(Letter)).all()
        together_seconds, paper = _timed(lambda: letters.together(written, "Briefe"))
        with writing():
            letter_rounds.post(clerk, KEY, AT.date(), sender, AT)
        post_seconds, _ = _timed(lambda: letter_rounds.run(KEY, sender, lambda: AT))
        done = letter_queries.held_round(KEY)
        if trouble := [*done.left_out, *done.not_posted]:
            raise RuntimeError(trouble[0][1])
    bare_seconds, _ = _timed(_bare)
    return Figures(LETTERS, len(paper) / 1024, write_seconds, together_seconds, post_seconds, bare_seconds)


def lines(figures: Figures) -> list[str]:
    """The figures as a table."""
    rows = [
        ["Schreiben und ablegen", f"{number(figures.write_seconds, 1)} s"],
        ["alle als ein PDF", f"{number(figures.together_seconds, 1)} s"],
        ["zusammen", f"{number(figures.seconds, 1)} s"],
        ["Ziel", f"{number(GOAL_SECONDS, 0)} s"],
        [f"{figures.letters} PDF mit einer Zeile", f"{number(figures.bare_seconds, 1)} s"],
        ["Faktor", f"{number(figures.ratio, 1)}×"],
        ["danach: alle als versandt eintragen", f"{number(figures.post_seconds, 1)} s"],
    ]
    return table([f"{figures.letters} Briefe", "Dauer"], rows)


def _timed(call: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    done = call()
    return time.perf_counter() - start, done


def _bare() -> None:
    for place in range(LETTERS):
        typst.compile(_ONE_LINE, sys_inputs={"data": f"Brief {place}"}, ignore_system_fonts=True, pdf_standards="ua-1")


@contextmanager
def _database() -> Iterator:
    with tempfile.TemporaryDirectory(prefix="itsm-bench-") as folder:
        instance = Path(folder)
        settings = read({"ITSM_INSTANCE": folder})
        try:
            schema.migrate(postgres.url(instance))
            with create_app(settings).app_context():
                yield settings.sender
                db.session.remove()
                db.engine.dispose()
        finally:
            postgres.stop(instance)


def _filled() -> Actor:
    """Put in as many claims whose demand is due, and return who works on them."""
    approver = User(email="freigabe@example.org", name="Toni Freigabe", created_at=AT)
    clerk = User(email="schaden@example.org", name="Jo Klerk", created_at=AT)
    clerk.grants.append(GrantRow(role=Role.CLAIMS_CLERK))
    school = School(number="100000", name="Schule", short_name="Schule", form_key="04", carrier="1")
    policy = db.session.scalar(sa.select(ValuationPolicy)) or ValuationPolicy(
        valid_from=date(2000, 1, 1), convention="calendar", floor_basis_points=0
    )
    db.session.add_all([clerk, approver, school, policy])
    db.session.flush()
    for place in range(LETTERS):
        db.session.add_all(_claim(place, school, (clerk, approver), policy))
    db.session.flush()
    return queries.actor_of(clerk, AT.date())


def _claim(place: int, school: School, people: tuple[User, User], policy: ValuationPolicy) -> list[object]:
    clerk, approver = people
    incident = Incident(
        school=school, reported_at=AT, happened_on=DAY, discovered_on=DAY, place=Place.LESSON, description="Gefallen."
    )
    case = DamageCase(
        incident=incident, school=school, device_label=f"DO-{place:05} · Apple iPad 9", kind=Kind.DAMAGE,
        statistics_class=StatisticsClass.DAMAGE, state=State.EXAMINED, state_at=AT,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    valuation = Valuation(
        case_id=case.id, at=AT, policy=policy, convention="calendar", base_cents=37_900,
        in_service_on=date(2022, 9, 12), damaged_on=DAY, life_months=60, months=42, value_cents=11_370,
    )  # fmt: skip
    proof = Paper(
        case_id=case.id, kind=PaperKind.EVIDENCE, name="protokoll.pdf", media_type="application/pdf",
        token=f"{place:032}", digest="0" * 64, size_bytes=1000, added_at=AT,
    )  # fmt: skip
    debtor = Debtor(
        ground=Ground.PUPIL, name=f"Kim Beispiel {place}", street=f"Musterweg {place}", postcode="44135",
        city="Dortmund", born_on=date(2007, 5, 4), heard_until=UNTIL,
    )  # fmt: skip
    claim = Claim(
        reference=with_check_digit(f"{place + 10**10:011}"), incident_id=incident.id, school=school, clerk=clerk,
        state=ClaimState.APPROVED, state_at=AT, fault=Fault.GROSS, evidence=proof, debtors=[debtor],
        heard_on=DAY, hearing_until=UNTIL, amount_cents=11_370, proposed_at=AT, proposed_by_id=clerk.id,
        approved_at=AT, approved_by_id=approver.id,
        items=[ClaimItem(case=case, valuation=valuation, amount_cents=11_370)],
    )  # fmt: skip
    return [valuation, proof, claim]
