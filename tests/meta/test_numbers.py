"""A number in an address that no row can have is not found, never an error of the database."""

from flask import Flask
from flask.testing import FlaskClient

from itsm.core.access import Role
from tests.people import make_user, sign_in

HUGE = 10**20


def test_no_address_with_a_huge_number_upsets_the_database(app: Flask, client: FlaskClient) -> None:
    browser = sign_in(client, make_user(Role.ADMINISTRATOR))
    tried = 0
    for rule in app.url_map.iter_rules():
        numbers = [name for name in rule.arguments if rule._converters[name].regex == r"\d+"]
        if "GET" in (rule.methods or ()) and numbers:
            path = rule.rule
            for name in rule.arguments:
                kind = f"<int:{name}>" if name in numbers else f"<{name}>"
                path = path.replace(kind, str(HUGE) if name in numbers else "900001")
            assert browser.get(path).status_code == 404, path
            tried += 1
    assert tried > 10
