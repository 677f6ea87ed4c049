"""Who may report, see and work on damage cases and claims.

Source: docs/rules/claims.md, CL-4.
"""

from functools import lru_cache

import sqlalchemy as sa

from itsm.claims.kinds import Kind
from itsm.claims.models import Claim, DamageCase, Incident, PaperKind
from itsm.core.access import Actor, Verb
from itsm.org.models import School


def may_report_at(actor: Actor, school: School) -> bool:
    """Say whether this person may report a damage of a school's device."""
    return actor.may(Verb.CASE_REPORT, school_id=school.id, district_id=school.district_id)


def may_report_kind(actor: Actor, school: School, kind: Kind) -> bool:
    """Say whether this person may report this; what was not returned, only who may know who had it."""
    leads = actor.may(Verb.LOAN_SEE, school_id=school.id, district_id=school.district_id)
    return may_report_at(actor, school) and (kind is not Kind.NOT_RETURNED or leads)


@lru_cache(maxsize=4096)
def reportable_schools(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter of the schools at which this person may report; over `School`."""
    return actor.scope(Verb.CASE_REPORT).among(School.id, School.district_id)


def may_see(actor: Actor, case: DamageCase) -> bool:
    """Say whether this person sees that a case exists, its device and its state; `visible_to` draws the same line."""
    return _is_reporter(actor, case) or actor.may(
        Verb.CASE_SEE, school_id=case.school_id, district_id=case.school.district_id
    )


@lru_cache(maxsize=4096)
def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter every list, count, search and export of cases begins with; over `DamageCase`."""
    scope = actor.scope(Verb.CASE_SEE)
    if scope.everywhere:
        return sa.true()
    schools = sa.select(School.id).where(scope.among(School.id, School.district_id))
    own = sa.select(Incident.id).where(Incident.reporter_id == actor.user_id)
    mine = DamageCase.incident_id.in_(own) if actor.signed_in else sa.false()
    return sa.or_(DamageCase.school_id.in_(schools), mine) if scope else mine


def may_read_report(actor: Actor, case: DamageCase) -> bool:
    """Say whether this person reads the words and photos of the report: who wrote it, school leads, claims staff.

    A campus manager sees what happened to which device, not the story, in which a name may stand.
    """
    leads = actor.may(Verb.LOAN_SEE, school_id=case.school_id, district_id=case.school.district_id)
    return _is_reporter(actor, case) or leads or may_work(actor)


def may_see_holder(actor: Actor, case: DamageCase) -> bool:
    """Say whether this person reads who had the device."""
    return actor.may(Verb.LOAN_SEE, school_id=case.school_id, district_id=case.school.district_id)


def may_add_police(actor: Actor, case: DamageCase) -> bool:
    """Say whether this person may hand in the police number later: whoever reads the report."""
    return may_read_report(actor, case)


def may_say_found(actor: Actor, case: DamageCase) -> bool:
    """Say whether this person may say that a missing device is there again: whoever may report at its school."""
    return may_report_at(actor, case.school)


def may_take_report_back(actor: Actor, case: DamageCase) -> bool:
    """Say whether this person may call a report a mistake: who made it, school leads, claims staff."""
    return may_read_report(actor, case)


def readable_papers(actor: Actor, case: DamageCase) -> frozenset[PaperKind]:
    """Return which papers of a case this person reads: the claims staff all, the school its photos, others none."""
    if may_work(actor):
        return frozenset(PaperKind)
    return frozenset({PaperKind.PHOTO}) if may_read_report(actor, case) else frozenset()


def may_add_paper(actor: Actor, case: DamageCase, kind: PaperKind) -> bool:
    """Say whether this person may add a paper: the claims staff any, the school photos while the case is open."""
    return may_work(actor) or (kind is PaperKind.PHOTO and case.over_at is None and may_read_report(actor, case))


def may_work(actor: Actor) -> bool:
    """Say whether this person works on damage cases: the claims staff of the city."""
    return actor.may(Verb.CASE_WORK)


def may_lock(actor: Actor) -> bool:
    """Say whether this person may request or release a lock, and look at positions."""
    return actor.may(Verb.DEVICE_LOCK)


def may_see_claims(actor: Actor) -> bool:
    """Say whether this person sees claims with the names in them; all of the city or none."""
    return actor.may(Verb.CLAIM_SEE)


def claims_visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the filter every list, count, search and export of claims begins with; over `Claim`."""
    return sa.true() if may_see_claims(actor) else sa.false()


def may_work_claims(actor: Actor) -> bool:
    """Say whether this person may prepare claims, send letters and book money."""
    return actor.may(Verb.CLAIM_WORK)


def may_approve(actor: Actor, claim: Claim) -> bool:
    """Say whether this person may approve the amount: with the right to, and without a hand in it (CL-27)."""
    return may_approve_claims(actor) and actor.user_id is not None and actor.user_id not in claim.amount_people


def may_approve_claims(actor: Actor) -> bool:
    """Say whether this person may approve amounts at all."""
    return actor.may(Verb.CLAIM_APPROVE)


def may_waive(actor: Actor, claim: Claim) -> bool:
    """Say whether this person may agree to a waiver: with the right to approve, and not who asked for it (CL-34)."""
    return may_approve_claims(actor) and actor.user_id is not None and actor.user_id != claim.waiver_asked_by_id


def may_change_rules(actor: Actor) -> bool:
    """Say whether this person may decide how values are reckoned from a day on."""
    return actor.may(Verb.CLAIM_APPROVE)


def may_see_figures(actor: Actor) -> bool:
    """Say whether this person sees the statistics, in which no name stands."""
    return actor.may(Verb.CASE_FIGURES)


def _is_reporter(actor: Actor, case: DamageCase) -> bool:
    return actor.signed_in and case.incident.reporter_id == actor.user_id
