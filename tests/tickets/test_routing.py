"""The routing table: a building's rule beats the general one, and a moved school takes its open work along."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from itsm.core.access import SYSTEM, Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed
from itsm.org import service as org
from itsm.tickets import routing, service
from itsm.tickets.models import RoutingRule, Target
from itsm.tickets.seed import seed
from itsm.tickets.states import State
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_district, make_school
from tests.tickets.factories import make_fault_type, make_group, make_ticket


def test_a_rule_of_the_building_beats_the_general_one(session: Session) -> None:
    fault, site_id = make_fault_type(), make_school().places[0].site_id
    group = make_group()
    assert routing.destination(fault.id, site_id).target is Target.ON_SITE
    routing.set_rule(SYSTEM, fault.id, None, Target.SECOND_LEVEL, group.id, None)
    db.session.commit()
    assert routing.destination(fault.id, site_id) == routing.Destination(Target.SECOND_LEVEL, group)
    routing.set_rule(SYSTEM, fault.id, site_id, Target.ON_SITE, None, None)
    db.session.commit()
    assert routing.destination(fault.id, site_id).target is Target.ON_SITE
    assert routing.destination(fault.id, make_school().places[0].site_id).target is Target.SECOND_LEVEL


def test_a_fault_of_the_second_level_goes_straight_there(session: Session) -> None:
    fault, group = make_fault_type(), make_group()
    routing.set_rule(SYSTEM, fault.id, None, Target.SECOND_LEVEL, group.id, None)
    ticket = make_ticket(fault_type=fault)
    where = routing.destination(fault.id, ticket.site_id)
    service.place(SYSTEM, ticket, where, routing.Responsible(None, None), MONDAY_9AM)
    assert (ticket.state, ticket.group, ticket.assignee_id) == (State.SECOND_LEVEL, group, None)


def test_a_rule_needs_a_desk_that_fits_and_stands_only_once(session: Session) -> None:
    fault, ours, theirs = make_fault_type(), make_group(), make_group(is_ours=False)
    for target, group_id in ((Target.SECOND_LEVEL, None), (Target.SECOND_LEVEL, theirs.id), (Target.NOT_OURS, ours.id)):
        with pytest.raises(DomainError):
            routing.set_rule(SYSTEM, fault.id, None, target, group_id, None)
    routing.set_rule(SYSTEM, fault.id, None, Target.ON_SITE, None, None)
    with pytest.raises(DomainError, match="schon eine Regel"):
        routing.set_rule(SYSTEM, fault.id, None, Target.SECOND_LEVEL, ours.id, None)


def test_only_the_team_lead_changes_the_table(session: Session) -> None:
    manager = actor_for(make_user(Role.CAMPUS_MANAGER, district_id=make_district().id))
    with pytest.raises(NotAllowed):
        routing.set_rule(manager, make_fault_type().id, None, Target.ON_SITE, None, None)


def test_the_seed_can_be_sown_twice_and_keeps_what_was_changed(session: Session) -> None:
    seed(db.session)
    rule = db.session.scalars(sa.select(RoutingRule).where(RoutingRule.target == Target.NOT_OURS)).one()
    rule.target, rule.group = Target.ON_SITE, None
    db.session.flush()
    count = db.session.scalar(sa.select(sa.func.count()).select_from(RoutingRule))
    seed(db.session)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoutingRule)) == count
    assert rule.target is Target.ON_SITE


def test_open_work_follows_a_moved_school_and_history_stays(session: Session) -> None:
    old, new = make_district(), make_district()
    make_user(Role.CAMPUS_MANAGER, district_id=old.id)
    manager = make_user(Role.CAMPUS_MANAGER, district_id=new.id)
    school = make_school(old)
    open_one, done = make_ticket(school), make_ticket(school, state=State.CLOSED)
    org.move_school(SYSTEM, school, new, "Neuer Zuschnitt", at=MONDAY_9AM)
    db.session.commit()
    assert (open_one.district_id, open_one.assignee_id) == (new.id, manager.id)
    assert (done.district_id, done.assignee_id) == (old.id, None)


def test_the_team_lead_adds_changes_tries_out_and_deletes_a_rule(client: FlaskClient) -> None:
    school, fault, group = make_school(), make_fault_type("Beamer"), make_group("Hausdienst", is_ours=False)
    browser = sign_in(client, make_user(Role.DISPATCHER))
    site = next(label for label in routing.site_labels() if school.places[0].site.street in label)
    body = {"fault": fault.id, "target": "not_ours", "group": group.id, "site": site}
    assert browser.post("/zustaendigkeiten/neu", data=body).status_code == 303
    assert browser.post("/zustaendigkeiten/neu", data=body).status_code == 422
    text = browser.get(f"/zustaendigkeiten?schule={school.number}").text
    assert text.count("Hausdienst") == 2
    [rule] = db.session.scalars(sa.select(RoutingRule))
    assert f'value="{site}"' in browser.get(f"/zustaendigkeiten/{rule.id}").text
    assert browser.post(f"/zustaendigkeiten/{rule.id}", data=body | {"target": "on_site"}).status_code == 303
    assert browser.post(f"/zustaendigkeiten/{rule.id}/loeschen").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoutingRule)) == 0


@pytest.mark.parametrize(
    "change", [{"fault": 99999}, {"target": "moon"}, {"group": 99999}, {"site": "Nirgendwo 1"}, {"group": "x"}]
)
def test_what_is_not_on_offer_is_refused(client: FlaskClient, change: dict[str, object]) -> None:
    fault, group = make_fault_type(), make_group()
    browser = sign_in(client, make_user(Role.DISPATCHER))
    body = {"fault": fault.id, "target": "second_level", "group": group.id, "site": ""} | change
    assert browser.post("/zustaendigkeiten/neu", data=body).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoutingRule)) == 0
