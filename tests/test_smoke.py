"""The fixtures themselves work."""

from flask.testing import FlaskClient

from itsm.core.access import Role
from tests.people import actor_for, make_user, sign_in
from tests.places import make_school


def test_a_signed_in_person_is_let_in(client: FlaskClient) -> None:
    school = make_school()
    user = make_user(Role.REPORTER, school_id=school.id)
    assert client.get("/").status_code == 302
    sign_in(client, user)
    assert client.get("/lebt").status_code == 200

    assert actor_for(user).grants[0].school_id == school.id
