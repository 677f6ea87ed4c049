"""Pages of people: who is listed, invited, given rights, shut out."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts import sessions
from itsm.accounts.models import GrantRow, User
from itsm.accounts.search import PAGE
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.outbox import Mail
from tests.accounts.factories import with_password
from tests.counting import queries_of
from tests.people import make_user, sign_in
from tests.places import make_district, make_school


def invited(school_id: int, /, **more: str) -> dict[str, str]:
    return {"name": "Neu Hier", "email": "neu@example.org", "role": "reporter", "place": f"school:{school_id}"} | more


def count_people(session: scoped_session) -> tuple[int, int]:
    return session.scalar(sa.select(sa.func.count(User.id))), session.scalar(sa.select(sa.func.count(GrantRow.id)))


def test_a_head_of_school_sees_the_people_of_the_school_and_nobody_else(client: FlaskClient) -> None:
    school, foreign = make_school(), make_school()
    head = make_user(Role.HEAD_OF_SCHOOL, school_id=school.id, name="Helga Leitung")
    colleague = make_user(Role.REPORTER, school_id=school.id, name="Karl Kollege")
    stranger = make_user(Role.REPORTER, school_id=foreign.id, name="Frida Fremd")
    make_user(Role.ADMINISTRATOR, name="Anna Admin")
    page = sign_in(client, head).get("/personen").text
    assert "Karl Kollege" in page and "Helga Leitung" in page
    assert "Frida Fremd" not in page and "Anna Admin" not in page
    assert client.get(f"/personen/{colleague.id}").status_code == 200
    assert client.get(f"/personen/{stranger.id}").status_code == 404


def test_a_school_does_not_learn_what_a_person_is_elsewhere(client: FlaskClient) -> None:
    school, foreign = make_school(), make_school(name="Ganz Andere Schule")
    head = make_user(Role.HEAD_OF_SCHOOL, school_id=school.id)
    both = make_user(Role.REPORTER, school_id=school.id)
    both.grants.append(GrantRow(role=Role.HEAD_OF_SCHOOL, school_id=foreign.id))
    db.session.commit()
    sign_in(client, head)
    assert "Ganz Andere Schule" not in client.get("/personen").text
    assert "Ganz Andere Schule" not in client.get(f"/personen/{both.id}").text


def test_the_search_line_finds_by_name_role_school_and_district(client: FlaskClient) -> None:
    school, district = make_school(), make_district()
    make_user(Role.MEDIA_COORDINATOR, school_id=school.id, name="Mia Medien")
    make_user(Role.CAMPUS_MANAGER, district_id=district.id, name="Cem Campus")
    sign_in(client, make_user(Role.ADMINISTRATOR, name="Anna Admin"))
    expected = {
        "mia": {"Mia Medien"},
        "rolle:Medienkoordination": {"Mia Medien"},
        "rolle:campus_manager": {"Cem Campus"},
        f"schule:{school.number}": {"Mia Medien"},
        f"bezirk:{district.number} cem": {"Cem Campus"},
        "bezirk:x": set(),
        "rolle:nichts": set(),
        "100%": set(),
        "_": set(),
    }
    for line, names in expected.items():
        page = client.get("/personen", query_string={"q": line}).text
        assert {name for name in ("Mia Medien", "Cem Campus") if name in page} == names, line


def test_tabs_tell_active_invited_and_disabled_people_apart(client: FlaskClient) -> None:
    make_user(name="Ina Invited")
    with_password(make_user(name="Akin Active"))
    make_user(name="Dora Disabled").disabled_at = clock.now()
    sign_in(client, make_user(Role.ADMINISTRATOR))
    names = ("Ina Invited", "Akin Active", "Dora Disabled")
    for tab, name in (("eingeladen", names[0]), ("aktiv", names[1]), ("gesperrt", names[2])):
        page = client.get(f"/personen?tab={tab}").text
        assert [one for one in names if one in page] == [name]
    assert client.get("/personen?tab=drop+table").status_code == 200


def test_a_long_list_goes_on_where_it_stopped_with_a_constant_number_of_queries(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.ADMINISTRATOR, name="ZZZ"))
    client.get("/personen")
    with queries_of() as few:
        client.get("/personen")
    for number in range(PAGE + 5):
        make_user(Role.REPORTER, school_id=make_school().id, name=f"Person mit Nummer {number:03}")
    with queries_of() as many:
        page = client.get("/personen").text
    assert len(many) == len(few)
    assert f"nummer {PAGE - 1:03}" in page.lower() and f"nummer {PAGE:03}" not in page.lower()
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    page = client.get(following).text
    assert f"nummer {PAGE - 1:03}" not in page.lower() and f"nummer {PAGE:03}" in page.lower()


def test_an_invitation_makes_a_person_with_a_right_and_mails_a_link(
    client: FlaskClient, session: scoped_session
) -> None:
    school = make_school()
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    assert client.post("/personen/neu", data=invited(school.id)).status_code == 302
    user = session.scalars(sa.select(User).where(User.email == "neu@example.org")).one()
    assert [(grant.role, grant.school_id) for grant in user.grants] == [(Role.REPORTER, school.id)]
    assert session.scalars(sa.select(Mail.to_address)).all() == ["neu@example.org"]


@pytest.mark.parametrize("role", [Role.HEAD_OF_SCHOOL, Role.MEDIA_COORDINATOR])
def test_a_school_invites_only_to_itself_and_only_as_colleague(
    client: FlaskClient, session: scoped_session, role: Role
) -> None:
    school, foreign = make_school(), make_school()
    sign_in(client, make_user(role, school_id=school.id))
    before = count_people(session)
    for wrong in (
        {"place": f"school:{foreign.id}"},
        {"place": f"district:{school.district_id}"},
        {"place": "city:0"},
        {"place": "school:999999"},
        {"place": "school:x"},
        {"role": "head_of_school"},
        {"role": "administrator"},
        {"role": "administrator", "place": "city:0"},
        {"role": "nobody"},
    ):
        assert client.post("/personen/neu", data=invited(school.id, **wrong)).status_code == 422, wrong
    assert count_people(session) == before


def test_fields_nobody_asked_for_change_nothing(client: FlaskClient, session: scoped_session) -> None:
    school = make_school()
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    more = {
        "password_hash": "x",
        "id": "1",
        "is_admin": "1",
        "school_id": "1",
        "grants": "administrator",
        "is_deputy": "",
    }
    client.post("/personen/neu", data=invited(school.id, **more))
    user = session.scalars(sa.select(User).where(User.email == "neu@example.org")).one()
    assert (user.password_hash, user.disabled_at) == ("", None)
    assert [(grant.role, grant.school_id, grant.is_deputy) for grant in user.grants] == [
        (Role.REPORTER, school.id, False)
    ]


def test_the_account_page_changes_name_and_telephone_and_nothing_else(client: FlaskClient) -> None:
    user = make_user(Role.REPORTER, school_id=make_school().id, email="alt@example.org")
    sign_in(client, user).post(
        "/konto", data={"name": "Neuer Name", "phone": "0231 1", "email": "neu@example.org", "role": "administrator"}
    )
    assert (user.name, user.phone, user.email) == ("Neuer Name", "0231 1", "alt@example.org")
    assert [grant.role for grant in user.grants] == [Role.REPORTER]


def test_who_is_there_already_only_gets_the_right(client: FlaskClient, session: scoped_session) -> None:
    school = make_school()
    known = with_password(make_user(name="Bleibt So", email="neu@example.org"))
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    assert client.post("/personen/neu", data=invited(school.id)).status_code == 302
    assert (known.name, len(known.grants)) == ("Bleibt So", 1)
    assert session.scalar(sa.select(sa.func.count(Mail.id))) == 0
    assert client.post("/personen/neu", data=invited(school.id)).status_code == 422


def test_what_was_typed_stays_when_something_is_wrong(client: FlaskClient) -> None:
    school = make_school()
    sign_in(client, make_user(Role.ADMINISTRATOR))
    answer = client.post("/personen/neu", data=invited(school.id, email="keine Adresse", name="Ella Example"))
    assert answer.status_code == 422
    assert "Das ist keine E-Mail-Adresse" in answer.text and "Ella Example" in answer.text
    answer = client.post("/personen/neu", data=invited(school.id, role="campus_manager"))
    assert "gibt es nur in einem Bezirk" in answer.text


def test_an_administrator_gives_dated_rights_anywhere(client: FlaskClient) -> None:
    district, user = make_district(), make_user()
    sign_in(client, make_user(Role.ADMINISTRATOR))
    right = {"role": "campus_manager", "place": f"district:{district.id}", "is_deputy": "y"}
    answer = client.post(f"/personen/{user.id}/rechte/neu", data=right | {"from_on": "1.2.27", "until_on": "31.1.27"})
    assert answer.status_code == 422
    client.post(f"/personen/{user.id}/rechte/neu", data=right | {"from_on": "1.2.27", "until_on": "28.2.27"})
    (grant,) = user.grants
    assert (grant.is_deputy, f"{grant.from_on} {grant.until_on}") == (True, "2027-02-01 2027-02-28")
    assert "Vertretung" in client.get(f"/personen/{user.id}").text


def test_a_right_that_is_taken_ends_at_once_and_stays_on_record(client: FlaskClient) -> None:
    school = make_school()
    user = make_user(Role.REPORTER, school_id=school.id)
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    (grant,) = user.grants
    assert client.post(f"/personen/{user.id}/rechte/{grant.id}/entziehen").status_code == 302
    today = clock.local_day(clock.now())
    assert grant.until_on is not None and grant.until_on < today
    assert client.post("/personen/neu", data=invited(school.id, email=user.email)).status_code == 302


def test_a_school_takes_neither_the_head_nor_rights_of_other_schools(client: FlaskClient) -> None:
    school, foreign = make_school(), make_school()
    head = make_user(Role.HEAD_OF_SCHOOL, school_id=school.id)
    both = make_user(Role.REPORTER, school_id=school.id)
    both.grants.append(GrantRow(role=Role.REPORTER, school_id=foreign.id))
    db.session.commit()
    sign_in(client, make_user(Role.MEDIA_COORDINATOR, school_id=school.id))
    take = "/personen/{}/rechte/{}/entziehen"
    assert client.post(take.format(head.id, head.grants[0].id)).status_code == 403
    assert client.post(take.format(both.id, both.grants[1].id)).status_code == 404
    assert client.post(take.format(both.id, head.grants[0].id)).status_code == 404
    assert all(grant.until_on is None for user in (head, both) for grant in user.grants)


def test_the_last_administration_stays(client: FlaskClient) -> None:
    last = make_user(Role.ADMINISTRATOR)
    sign_in(client, last)
    assert client.post(f"/personen/{last.id}/rechte/{last.grants[0].id}/entziehen").status_code == 422
    assert client.post(f"/personen/{last.id}/sperren").status_code == 422
    assert client.get("/personen").status_code == 200


def test_a_disabled_person_is_out_at_once_and_can_come_back(client: FlaskClient, session: scoped_session) -> None:
    user = with_password(make_user(Role.DISPATCHER))
    token = sessions.begin(user, clock.now())
    db.session.commit()
    sign_in(client, make_user(Role.ADMINISTRATOR))
    client.post(f"/personen/{user.id}/sperren")
    assert sessions.find(token, clock.now()) is None
    assert "gesperrt" in client.get(f"/personen/{user.id}").text
    client.post(f"/personen/{user.id}/freigeben")
    assert user.disabled_at is None
    assert sessions.find(token, clock.now()) is None


def test_an_address_belongs_to_one_person(client: FlaskClient) -> None:
    make_user(email="besetzt@example.org")
    user = make_user(email="frei@example.org")
    sign_in(client, make_user(Role.ADMINISTRATOR))
    data = {"name": "Neuer Name", "email": "Besetzt@example.org"}
    assert client.post(f"/personen/{user.id}/aendern", data=data).status_code == 422
    assert user.email == "frei@example.org"
    assert client.post(f"/personen/{user.id}/aendern", data=data | {"email": "Neu@example.org"}).status_code == 302
    assert (user.name, user.email) == ("Neuer Name", "neu@example.org")


def test_another_invitation_only_before_the_first_password(client: FlaskClient, session: scoped_session) -> None:
    school = make_school()
    user = make_user(Role.REPORTER, school_id=school.id)
    sign_in(client, make_user(Role.HEAD_OF_SCHOOL, school_id=school.id))
    assert client.post(f"/personen/{user.id}/einladen").status_code == 302
    with_password(user)
    assert client.post(f"/personen/{user.id}/einladen").status_code == 403
    assert session.scalar(sa.select(sa.func.count(Mail.id))) == 1


def test_script_in_a_name_is_shown_as_text(client: FlaskClient) -> None:
    user = make_user(name="<img src=x onerror=alert(1)>")
    sign_in(client, make_user(Role.ADMINISTRATOR))
    for path in ("/personen", f"/personen/{user.id}", f"/personen/{user.id}/aendern"):
        assert "<img src=x" not in client.get(path).text
