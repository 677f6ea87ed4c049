"""Who helps with what: for my school, for my question, on one page, and in editions."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.core import pdf
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import Conflict, DomainError, NotAllowed, NotFound
from itsm.core.mail import body
from itsm.core.outbox import Mail
from itsm.kb import contact_page, contact_queries, overview_now
from itsm.kb.overview import Answers, Entry, Overview, Person, Place, asked, changes, moved, read
from itsm.kb.overview_paper import sheet
from itsm.kb.service import editions, offices
from itsm.org.models import School, SchoolSite
from itsm.tickets.models import FaultType, RoutingRule, SupportGroup, Target
from tests.kb.contacts import make_edition, make_office
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_district, make_school, make_site

PRINTER = Entry("fault:printer", "Drucker", "Campusmanagement", "druckt nicht, Papierstau", is_on_site=True)
INTERNET = Entry("fault:internet", "Internet", "Systemhaus", people=(Person("", "0231 1", "sh@example.org"),))
LOAN = Entry("office:1", "Verleih von Kameras", "Medienzentrum", unit="40/6", people=(Person("Ada Öz", "0231 2"),))
NORTH = Entry("district:1", "Bezirk Nord", "Campusmanagement Bezirk Nord", people=(Person("Nora", "0231 3"),))
SOUTH = Entry("district:2", "Bezirk Süd", "Campusmanagement Bezirk Süd", people=(Person("Susi", "0231 4"),))
CITY = Overview(
    (NORTH, SOUTH), (PRINTER, INTERNET), (LOAN,), {"900101": Place("Nordschule", "02", "district:1", (1, 2))}
)


@pytest.fixture
def school(session: scoped_session) -> School:
    school = make_school(make_district("Bezirk Nord"), name="Nordschule")
    make_user(Role.CAMPUS_MANAGER, district_id=school.district_id, name="Nora Nord")
    make_user(Role.CAMPUS_MANAGER, district_id=school.district_id, name="Vera Vertretung", is_deputy=True)
    make_user(Role.HEAD_OF_SCHOOL, school_id=school.id, name="Hella Leitung", email="leitung@example.org")
    return school


def make_fault(key: str, *, group: SupportGroup | None = None, site_id: int | None = None) -> FaultType:
    kind = FaultType(key=key, name=key.title(), position=1)
    target = Target.SECOND_LEVEL if group else Target.ON_SITE
    db.session.add(RoutingRule(fault_type=kind, target=target, group=group, site_id=site_id))
    db.session.commit()
    return kind


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", [PRINTER, INTERNET, LOAN]),
        ("Drucker", [PRINTER]),
        ("Der Klassendrucker druckt nicht!", [PRINTER]),
        ("internet", [INTERNET]),
        ("oez", [LOAN]),
        ("40/6", [LOAN]),
        ("Kamera oder Drucker?", [PRINTER, LOAN]),
        ("Heizung", []),
    ],
)
def test_a_question_finds_the_entries_that_match_most_of_its_words(line: str, found: list[Entry]) -> None:
    assert list(asked([PRINTER, INTERNET, LOAN], line)) == found


def test_the_search_of_the_service_wants_every_word() -> None:
    assert asked([PRINTER, LOAN], "Drucker", every_word=True) == (PRINTER,)
    assert asked([PRINTER, LOAN], "Drucker Nordschule", every_word=True) == asked([LOAN], "", every_word=True) == ()


def test_an_office_stands_once_with_all_its_questions() -> None:
    answers = CITY.of_school("900101")
    other = replace(PRINTER, key="fault:ipad", topic="iPad")
    helps = answers.helps((PRINTER, INTERNET, other))
    assert [[one.topic for one in help_.topics] for help_ in helps] == [["Drucker", "iPad"], ["Internet"]]
    assert helps[0].people == NORTH.people and not helps[0].is_by_district
    assert CITY.of_city().helps((PRINTER,))[0].is_by_district


def test_a_rule_for_a_building_stands_beside_the_general_one_unless_every_building_has_its_own() -> None:
    one, two, foreign = (replace(INTERNET, key=f"fault:printer:{site}", site_id=site) for site in (1, 2, 3))
    assert replace(CITY, faults=(PRINTER, one, foreign)).of_school("900101").topics == (PRINTER, one, LOAN)
    assert replace(CITY, faults=(PRINTER, one, two)).of_school("900101").topics == (one, two, LOAN)


def test_an_office_for_some_school_forms_is_shown_to_these_alone() -> None:
    assert replace(CITY, offices=(replace(LOAN, school_forms=("20",)),)).of_school("900101").topics == CITY.faults


def test_what_changed_is_said_for_the_reader_it_holds_for() -> None:
    later = replace(
        CITY,
        districts=(NORTH, replace(SOUTH, people=(Person("Sven", "0231 9"),))),
        offices=(replace(LOAN, unit="40/5"), replace(LOAN, key="office:2", topic="Datenschutz")),
        faults=(PRINTER,),
    )
    assert changes(CITY.of_city(), later.of_city()) == [
        "Neu: Datenschutz – Medienzentrum, Ada Öz.",
        "Entfällt: Internet (Systemhaus).",
        "Bezirk Süd: Person jetzt Sven (bisher Susi), Telefon jetzt 0231 9 (bisher 0231 4).",
        "Verleih von Kameras: Sachgebiet jetzt 40/5 (bisher 40/6).",
    ]
    school = changes(CITY.of_school("900101"), later.of_school("900101"))
    assert not any("Süd" in sentence for sentence in school) and len(school) == 3
    assert changes(CITY.of_city(), CITY.of_city()) == []


def test_a_school_that_moves_reads_its_new_manager_and_the_city_reads_the_move() -> None:
    later = replace(CITY, schools={"900101": Place("Nordschule", "02", "district:2", (1, 2))})
    assert moved(CITY, later) == ["Nordschule gehört jetzt zu: Bezirk Süd."]
    (sentence,) = changes(CITY.of_school("900101"), later.of_school("900101"))
    assert "jetzt Susi (bisher Nora)" in sentence


def test_an_edition_reads_back_as_it_was(session: scoped_session, school: School) -> None:
    make_office(school_forms=["02"])
    now = overview_now.gather(MONDAY)
    assert read(make_edition().content) == now
    session.expire_all()
    assert read(contact_queries.edition(1).content) == now
    assert "Hella" not in str(contact_queries.edition(1).content)


def test_a_school_sees_its_managers_deputies_last_and_its_own_people(school: School) -> None:
    desk = SupportGroup(name="Systemhaus", phone="0231 7")
    db.session.add(desk)
    make_fault("internet", group=desk)
    make_fault("printer", group=desk, site_id=make_site().id)
    reader = actor_for(make_user(Role.REPORTER, school_id=school.id))
    page = contact_page.today(contact_page.choice(reader, ""), reader, MONDAY_9AM)
    assert [person.called for person in page.answers.managers[0].people] == [
        "Nora Nord",
        "Vera Vertretung (Vertretung)",
    ]
    assert [(one.topic, one.office) for one in page.answers.topics] == [
        ("Internet", "Systemhaus"),
        ("Printer", "Campusmanagement"),
    ]
    assert [(function, person.name) for function, person in page.staff] == [("Schulleitung", "Hella Leitung")]


def test_a_school_of_others_is_not_found_and_nobody_is_without_an_answer(school: School) -> None:
    stranger, reader = make_user(), make_user(Role.REPORTER, school_id=make_school().id)
    with pytest.raises(NotFound):
        contact_page.choice(actor_for(reader), school.number)
    with pytest.raises(NotAllowed):
        contact_page.choice(actor_for(stranger), "")
    assert contact_page.choice(actor_for(make_user(Role.SECOND_LEVEL)), "") is None


def test_the_page_of_a_school_names_no_manager_of_another_district(client: FlaskClient, school: School) -> None:
    foreign = make_school(name="Südschule")
    make_user(Role.CAMPUS_MANAGER, district_id=foreign.district_id, name="Frieda Fremd")
    make_edition()
    sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    for path in ("/ansprechpartner", "/ansprechpartner/ausgaben", "/ansprechpartner/ausgaben/1"):
        text = client.get(path).text
        assert "Frieda" not in text and "Südschule" not in text
        assert ("Nora Nord" in text) == (path != "/ansprechpartner/ausgaben")
    assert client.get(f"/ansprechpartner?schule={foreign.number}").status_code == 404
    assert client.get("/ansprechpartner?schule=90%00").status_code == 404
    assert client.get(f"/ansprechpartner/ausgaben/1.pdf?schule={foreign.number}").status_code == 404


def test_a_new_colleague_taps_once_to_call(client: FlaskClient, school: School) -> None:
    make_office("Verleih von Robotern", phone="0231 50-1")
    sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    assert 'href="/ansprechpartner"' in client.get("/").text
    assert 'href="tel:+49231501"' in client.get("/ansprechpartner?frage=Roboter").text
    assert "steht hier niemand" in client.get("/ansprechpartner?frage=Heizung").text
    assert "Verleih von Robotern" in client.get("/suche?q=Roboter").text


def pages(answers: Answers, staff: list[tuple[str, Person]]) -> int:
    written = pdf.write(sheet(answers, staff, "Stand heute", "Stadt", "https://example.org/melden"))
    return len(re.findall(rb"/Type\s*/Page\b", written))


def test_the_paper_is_one_page_also_with_long_names() -> None:
    name = "Prof. Dr. Maximiliane-Alexandra von und zu Musterhausen-Oberdorf"
    people = tuple(
        Person(f"{name} {number}", "0231 50-12345-678", f"maximiliane.musterhausen{number}@example.org", number > 1)
        for number in range(3)
    )
    districts = tuple(Entry(f"district:{number}", f"Bezirk {number}", "x", people=people) for number in range(11))
    topics = tuple(
        replace(LOAN, key=f"office:{number}", topic=f"{name} {number}", people=people[:1]) for number in range(20)
    )
    assert pages(Answers(None, districts, topics), []) == 1
    assert pages(Answers(CITY.schools["900101"], districts[:1], (PRINTER, *topics)), [("Schulleitung", people[0])]) == 1


def test_an_edition_is_handed_out_once_for_the_same_state(session: scoped_session, school: School) -> None:
    editor = actor_for(make_user(Role.KB_EDITOR))
    assert editions.issue(editor, "Start", MONDAY_9AM, tell=False).number == 1
    with pytest.raises(DomainError, match="nichts geändert"):
        editions.issue(editor, "", MONDAY_9AM, tell=False)
    make_office()
    assert editions.issue(editor, "", MONDAY_9AM, tell=False).number == 2
    with pytest.raises(NotAllowed):
        editions.issue(actor_for(make_user(Role.SECOND_LEVEL)), "", MONDAY_9AM, tell=False)


def test_leads_are_told_where_something_changed_and_once(session: scoped_session, school: School) -> None:
    editor = actor_for(make_user(Role.KB_EDITOR))
    editions.issue(editor, "", MONDAY_9AM, tell=True)
    assert editions.tell_schools(1, MONDAY_9AM) == 1
    session.query(Mail).delete()
    make_office("Nur Gymnasien", school_forms=["20"])
    editions.issue(editor, "", MONDAY_9AM, tell=False)
    assert editions.tell_schools(2, MONDAY_9AM) == 0
    make_office("Datenschutz")
    editions.issue(editor, "", MONDAY_9AM, tell=False)
    assert editions.tell_schools(3, MONDAY_9AM) == 1
    (mail,) = session.query(Mail)
    assert mail.to_address == "leitung@example.org"
    assert mail.items[0]["news"] == ["Neu: Datenschutz – Medienzentrum."]
    for ending in ("txt", "html"):
        assert "Datenschutz" in body(mail, ending) and f"/ansprechpartner?schule={school.number}" in body(mail, ending)


def test_two_who_change_an_office_at_once_lose_nothing(session: scoped_session) -> None:
    editor, office = actor_for(make_user(Role.KB_EDITOR)), make_office()
    offices.change(editor, office, {"phone": "0231 1"}, office.version_id)
    session.commit()
    with pytest.raises(Conflict):
        offices.change(editor, office, {"phone": "0231 2"}, office.version_id - 1)
    assert office.phone == "0231 1"


def test_offices_change_places_with_their_neighbours(session: scoped_session) -> None:
    editor = actor_for(make_user(Role.KB_EDITOR))
    first, second = make_office("eins", position=1), make_office("zwei", position=2)
    offices.move(editor, second, up=True)
    offices.move(editor, second, up=True)
    assert contact_queries.offices() == [second, first]
    offices.move(editor, second, up=False)
    assert contact_queries.offices() == [first, second]


def test_the_editor_keeps_offices_and_hands_out_an_edition(client: FlaskClient, app: Flask, school: School) -> None:
    sign_in(client, make_user(Role.KB_EDITOR))
    values = {"topic": "Datenschutz", "name": "Datenschutzbüro", "unit": "10/1", "email": "kein-at", "phone": ""}
    assert "keine Mailadresse" in client.post("/ansprechpartner/stellen/neu", data=values).text
    values["email"] = "ds@example.org"
    assert client.post("/ansprechpartner/stellen/neu", data=values).status_code == 303
    (office,) = contact_queries.offices()
    path = f"/ansprechpartner/stellen/{office.id}"
    assert client.post(path, data=values | {"phone": "0231 5", "version": "1"}).status_code == 303
    assert client.post(path, data=values | {"version": "1"}).status_code == 409
    assert client.post("/ansprechpartner/ausgaben/neu", data={"note": "Start"}).status_code == 303
    assert client.post(f"{path}/entfernen").status_code == 303
    assert "Entfällt: Datenschutz (Datenschutzbüro)." in client.get("/ansprechpartner").text
    assert "0231 5" in client.get("/ansprechpartner/ausgaben/1").text
    assert client.get("/ansprechpartner/ausgaben/1.pdf").mimetype == "application/pdf"


def test_a_school_that_moved_to_a_second_building_keeps_its_answers(school: School) -> None:
    site = make_site()
    school.places.append(SchoolSite(site=site))
    db.session.commit()
    make_fault("printer", group=None)
    assert len(overview_now.gather(MONDAY).of_school(school.number).topics) == 1
