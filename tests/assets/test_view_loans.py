"""The pages of the counter: who gets them, handing out in a row, lists, search and export."""

import re
from datetime import timedelta
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.accounts.models import User
from itsm.assets import loan_links
from itsm.assets.models import Condition, Device, Loan
from itsm.assets.states import State
from itsm.assets.views import loan_slots
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.org.models import School
from tests.assets.factories import make_device, make_loan, make_model
from tests.assets.test_loans import SIGNED
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school
from tests.saving import at_once

HAND_OUT = "/geraete/ausgabe/neu"
TOMORROW = clock.local_day(clock.now()) + timedelta(days=1)


class Counter(NamedTuple):
    """A school, who hands devices out there, and the browser of this person."""

    school: School
    lead: User
    client: FlaskClient


@pytest.fixture
def counter(client: FlaskClient) -> Counter:
    school = make_school()
    lead = make_user(Role.MEDIA_COORDINATOR, school_id=school.id)
    return Counter(school, lead, sign_in(client, lead))


def sent(device: Device, **more: str) -> dict[str, str]:
    return {
        "number": device.tag,
        "kind": "pupil",
        "name": "Kim Beispiel",
        "group": "7b",
        "due_on": f"{TOMORROW:%d.%m.%Y}",
        "way": "paper",
    } | more


def loan_of(device: Device) -> Loan:
    return db.session.scalars(sa.select(Loan).where(Loan.device_id == device.id)).one()


def test_after_a_hand_out_the_page_is_ready_for_the_next_of_the_class(counter: Counter) -> None:
    device = make_device(counter.school)
    answer = counter.client.post(HAND_OUT, data=sent(device, accessories="Hülle"))
    assert answer.status_code == 303
    page = counter.client.get(answer.location).text
    assert f"{device.tag} ist an Kim Beispiel ausgegeben." in page
    assert 'value="7b"' in page
    assert 'value="Hülle"' in page
    assert f"{TOMORROW:%d.%m.%Y}" in page
    assert re.search('<input[^>]*checked[^>]*value="paper"', page)
    assert 'value="Kim Beispiel"' not in page
    assert loan_of(device).acknowledged_at is not None


def test_a_hand_out_may_be_signed_on_the_screen_or_confirmed_later(counter: Counter) -> None:
    signed, later = make_device(counter.school), make_device(counter.school)
    counter.client.post(HAND_OUT, data=sent(signed, way="signature", signature=SIGNED))
    counter.client.post(HAND_OUT, data=sent(later, way="later"))
    assert loan_of(signed).signature == SIGNED
    assert loan_of(later).acknowledged_at is None
    assert f'<path d="{SIGNED}"/>' in counter.client.get(f"/geraete/ausgabe/{loan_of(signed).id}").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "GIBT-ES-NICHT"}, "gibt es im Bestand Ihrer Schule nicht"),
        ({"number": ""}, "Bitte ausfüllen."),
        ({"name": " "}, "Bitte ausfüllen."),
        ({"due_on": "31.2.2027"}, "Das ist kein Datum"),
        ({"due_on": "1.1.2020"}, "Rückgabetag ist vorbei"),
        ({"email": "kim"}, "Das ist keine E-Mail-Adresse"),
        ({"way": "link"}, "fehlt die E-Mail-Adresse"),
        ({"way": "signature"}, "Die Unterschrift fehlt"),
        ({"way": "signature", "signature": '"><script>'}, "Die Unterschrift fehlt"),
        ({"way": "magic"}, "Bitte prüfen Sie Ihre Angaben"),
        ({"kind": "ghost"}, "Bitte prüfen Sie Ihre Angaben"),
    ],
)
def test_what_is_wrong_gets_a_sentence_and_nothing_is_handed_out(
    counter: Counter, wrong: dict[str, str], sentence: str
) -> None:
    device = make_device(counter.school)
    answer = counter.client.post(HAND_OUT, data=sent(device, **wrong))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert device.state is State.IN_USE
    assert not db.session.scalars(sa.select(Loan)).all()


def test_a_device_that_is_out_leads_to_its_return(counter: Counter) -> None:
    loan = make_loan(make_device(counter.school))
    answer = counter.client.get(HAND_OUT, query_string={"number": loan.device.tag.lower()})
    assert answer.location == f"/geraete/ausgabe/{loan.id}"
    answer = counter.client.post(f"{answer.location}/zurueck", data={"condition": "damaged", "note": "Glas gesprungen"})
    assert answer.status_code == 303
    assert loan.device.state is State.DAMAGED
    assert "Glas gesprungen" in counter.client.get(answer.location).text
    assert counter.client.post(f"{answer.location}/zurueck", data={"condition": "good"}).status_code == 409


def test_staff_chosen_by_name_find_the_device_among_their_own(counter: Counter) -> None:
    person = make_user(Role.REPORTER, school_id=counter.school.id, name="Anna Lehrkraft")
    make_user(Role.REPORTER, school_id=make_school().id, name="Fremde Person")
    device, of_pupil = make_device(counter.school), make_device(counter.school)
    page = counter.client.get(HAND_OUT).text
    assert "Anna Lehrkraft" in page
    assert "Fremde Person" not in page
    counter.client.post(HAND_OUT, data=sent(device, name="Anna Lehrkraft", kind="staff"))
    counter.client.post(HAND_OUT, data=sent(of_pupil, name="Anna Lehrkraft"))
    assert (loan_of(device).user_id, loan_of(of_pupil).user_id) == (person.id, None)
    mine = sign_in(counter.client, person).get("/meine-geraete").text
    assert device.tag in mine
    assert f"geraet={of_pupil.tag}" not in mine
    assert f"/melden?geraet={device.tag}" in mine


def test_a_class_is_handed_out_from_a_table_and_taken_back_by_a_list(counter: Counter) -> None:
    first, second = make_device(counter.school), make_device(counter.school)
    lines = f"{first.tag}\tKim Beispiel\r\n\r\n{second.tag}; Noa Beispiel; noa@example.org"
    answer = counter.client.post("/geraete/ausgabe/klasse", data={"lines": lines, "kind": "pupil", "group": "7b"})
    assert answer.status_code == 303
    assert [loan_of(device).holder_name for device in (first, second)] == ["Kim Beispiel", "Noa Beispiel"]
    numbers = f"{first.tag}\n{second.serial}"
    answer = counter.client.post("/geraete/ausgabe/zurueck", data={"numbers": numbers, "condition": "worn"})
    assert answer.status_code == 303
    assert loan_of(second).condition is Condition.WORN


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "Bitte ausfüllen"),
        ("nur-eine-nummer", "Zeile 1: Bitte so eingeben: Nummer; Name"),
        ("a;b\n;b", "Zeile 2: Bitte so eingeben"),
        ("a;b;c", "Zeile 1: Das ist keine E-Mail-Adresse"),
        ("a;b\n" * 201, "höchstens 200 Zeilen"),
    ],
)
def test_a_list_that_cannot_be_read_says_which_line(counter: Counter, lines: str, sentence: str) -> None:
    answer = counter.client.post("/geraete/ausgabe/klasse", data={"lines": lines})
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("tab", "shown"),
    [
        ("aktuell", {"late", "open", "signed"}),
        ("ueberfaellig", {"late"}),
        ("unbestaetigt", {"late", "open"}),
        ("zurueck", {"back"}),
    ],
)
def test_each_tab_shows_its_loans(counter: Counter, tab: str, shown: set[str]) -> None:
    today = clock.local_day(clock.now())
    for name, more in {
        "late": {"due_on": today - timedelta(days=1)},
        "open": {"due_on": today},
        "signed": {"acknowledged_at": MONDAY_9AM, "acknowledged_by": "paper"},
        "back": {"returned_at": MONDAY_9AM, "condition": Condition.GOOD},
    }.items():
        make_loan(make_device(counter.school), holder_name=name, **more)
    file = counter.client.get(f"/geraete/ausgabe.csv?tab={tab}").text
    assert {line.split(";")[4] for line in file.splitlines()[1:]} == shown
    assert counter.client.get(f"/geraete/ausgabe?tab={tab}").status_code == 200


@pytest.mark.parametrize(
    ("line", "found"), [("kim", 1), ("KIM BEISPIEL", 1), ("7b", 1), ("7bc", 0), ("%", 0), ("noa", 0), ("7b kim", 1)]
)
def test_a_loan_is_found_by_name_class_and_device(counter: Counter, line: str, found: int) -> None:
    loan = make_loan(make_device(counter.school))
    for text, count in ((line, found), (loan.device.tag.lower(), 1), (loan.device.serial or "", 1)):
        file = counter.client.get("/geraete/ausgabe.csv", query_string={"q": text}).text
        assert len(file.splitlines()) - 1 == count, text


def test_the_file_holds_no_formula(counter: Counter) -> None:
    make_loan(make_device(counter.school), holder_name="=1+1", holder_group="@a")
    assert "'=1+1;'@a" in counter.client.get("/geraete/ausgabe.csv").text


@pytest.mark.parametrize("address", ["?tab=gibtesnicht", "?seite=0", "?seite=9999", f"?q={'x' * 400}"])
def test_an_address_nobody_has_sent_gets_a_sentence(counter: Counter, address: str) -> None:
    assert counter.client.get(f"/geraete/ausgabe{address}").status_code == 422


def test_long_lists_have_pages(counter: Counter) -> None:
    model = make_model()
    with at_once():
        for _ in range(26):
            make_loan(make_device(counter.school, model=model))
    assert "seite=2" in counter.client.get("/geraete/ausgabe").text
    assert "Zum Anfang" in counter.client.get("/geraete/ausgabe?seite=2").text


@pytest.mark.parametrize("role", [Role.CLAIMS_CLERK, Role.CLAIMS_APPROVER])
def test_whoever_examines_a_damage_reads_and_does_not_hand_out(client: FlaskClient, role: Role) -> None:
    loan = make_loan(make_device(), holder_name="Kim Beispiel")
    sign_in(client, make_user(role))
    assert "Kim Beispiel" in client.get("/geraete/ausgabe").text
    page = client.get(f"/geraete/ausgabe/{loan.id}")
    assert "Zurücknehmen" not in page.text
    assert client.get(HAND_OUT).status_code == 403
    assert client.post(f"/geraete/ausgabe/{loan.id}/zurueck", data={"condition": "good"}).status_code == 403


def test_nobody_else_sees_a_holder_on_any_path(client: FlaskClient) -> None:
    school = make_school()
    loan = make_loan(make_device(school), holder_name="Kim Beispiel", signature=SIGNED)
    others = {
        "reporter": make_user(Role.REPORTER, school_id=school.id),
        "manager": make_user(Role.CAMPUS_MANAGER, district_id=school.district_id),
        "second level": make_user(Role.SECOND_LEVEL),
        "administrator": make_user(Role.ADMINISTRATOR),
        "foreign lead": make_user(Role.HEAD_OF_SCHOOL, school_id=make_school().id),
    }
    paths = (
        "/geraete/ausgabe",
        "/geraete/ausgabe.csv",
        f"/geraete/ausgabe/{loan.id}",
        f"{HAND_OUT}?number={loan.device.tag}",
        f"/geraete/{loan.device.id}",
        "/suche?q=Kim+Beispiel",
    )
    for name, other in others.items():
        sign_in(client, other)
        for path in paths:
            # What was searched for stands in the field again.
            text = client.get(path).text.replace('value="Kim Beispiel"', "").replace("„Kim Beispiel“", "")
            assert "Kim Beispiel" not in text, (name, path)
            assert SIGNED not in text, (name, path)
        me = actor_for(other)
        for fragment in (loan_slots.holder, loan_slots.earlier, loan_slots.next_step):
            assert fragment(device=loan.device, actor=me, at=MONDAY_9AM) == "", name


def test_a_loan_of_a_foreign_school_does_not_exist(counter: Counter) -> None:
    loan = make_loan(make_device(), holder_name="Fremd")
    path = f"/geraete/ausgabe/{loan.id}"
    assert counter.client.get(path).status_code == 404
    for end in ("bestaetigen", "aendern", "zurueck", "nicht-zurueck"):
        assert counter.client.post(f"{path}/{end}", data={"condition": "good"}).status_code == 404
    assert "Fremd" not in counter.client.get("/geraete/ausgabe").text
    assert "Fremd" not in counter.client.get(f"{HAND_OUT}?number={loan.device.tag}").text


def test_the_page_behind_the_link_shows_device_and_terms_and_no_more(client: FlaskClient) -> None:
    people = {"holder_name": "Kim Beispiel", "holder_group": "Eulen", "holder_email": "eltern@example.org"}
    loan = make_loan(make_device(), **people, accessories="Hülle")
    path = loan_links.path_of(loan_links.make(loan))
    db.session.commit()
    answer = client.get(path)
    assert loan.device.tag in answer.text
    assert "Hülle" in answer.text
    for secret in ("Kim", "Eulen", "eltern@", loan.device.serial or ""):
        assert secret not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert client.post(path).status_code == 303
    assert "bestätigt" in client.get(path).text
    assert client.post(path).status_code == 409
    assert client.get(f"{path}x").status_code == 404
    assert client.post("/leihe/%ED%A0%80").status_code == 404


def test_the_device_page_offers_the_next_step_and_names_the_holder(counter: Counter) -> None:
    at_hand, out = make_device(counter.school), make_device(counter.school)
    make_loan(out, returned_at=MONDAY_9AM, condition=Condition.GOOD, holder_name="Vorher")
    make_loan(out, holder_name="Kim Beispiel")
    assert f"/geraete/ausgabe/neu?number={at_hand.tag}" in counter.client.get(f"/geraete/{at_hand.id}").text
    page = counter.client.get(f"/geraete/{out.id}").text
    assert "Zurücknehmen" in page
    assert "Kim Beispiel" in page
    assert "Vorher" in page


def test_a_school_sets_its_terms_and_the_counter_shows_them(counter: Counter) -> None:
    answer = counter.client.post("/geraete/ausgabe/bedingungen", data={"text": "Nur mit Hülle.", "valid_from": ""})
    assert answer.status_code == 303
    assert "Nur mit Hülle." in counter.client.get(HAND_OUT).text
    other = make_school()
    assert counter.client.get(f"/geraete/ausgabe/bedingungen?schule={other.id}").status_code == 404


def test_a_wrong_name_is_corrected(counter: Counter) -> None:
    loan = make_loan(make_device(counter.school))
    path = f"/geraete/ausgabe/{loan.id}/aendern"
    assert counter.client.post(path, data={"kind": "pupil", "name": ""}).status_code == 422
    assert counter.client.post(path, data={"kind": "pupil", "name": "Noa Beispiel"}).status_code == 303
    assert (loan.holder_name, loan.holder_group) == ("Noa Beispiel", "")
