"""Things of damage cases and claims in the small city of the access table."""

from collections.abc import Callable
from typing import Any

from itsm.accounts.models import User
from itsm.claims.kinds import Kind
from itsm.claims.lock_queries import orders_of
from itsm.claims.models import DamageCase, Paper, PaperKind
from itsm.core import pictures
from itsm.org.models import School
from tests.claims.factories import make_case, make_claim, make_examined, make_paper
from tests.meta.kb_world import PICTURE


def build(reporter: User, school: School) -> dict[str, Any]:
    """Make a case the reporter of the school sent in, and a claim of another one."""
    case = make_case(school)
    case.incident.reporter_id = reporter.id
    return {"case": case, "claim": make_claim(make_examined(school)), "case_photo": _photo(case)} | _lock(reporter, school)


def _lock(reporter: User, school: School) -> dict[str, Any]:
    """A theft of the same reporter, whose lock waits to be released."""
    theft = make_case(school, kind=Kind.THEFT)
    theft.incident.reporter_id = reporter.id
    return {"lock": orders_of(theft)[0]}


def _photo(case: DamageCase) -> Paper:
    return make_paper(case, PaperKind.PHOTO, media_type="image/jpeg", token=pictures.keep(PICTURE))


PARTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "case_id": lambda things: things["case"].id,
    "claims.paper:token": lambda things: things["case_photo"].token,
    "claims.paper_thumb:token": lambda things: things["case_photo"].token,
    "order_id": lambda things: things["lock"].id,
    "wish": lambda things: "sperren",
    "claim_id": lambda things: things["claim"].id,
}
