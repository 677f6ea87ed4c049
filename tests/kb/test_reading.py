"""Pages for readers: shelves, articles in their languages, search, and whether it helped."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from itsm.accounts import limits
from itsm.core import clock
from itsm.core.access import STRANGER, Role
from itsm.kb import reading
from itsm.kb.models import ArticleCount, ArticleTask, Audience, Language, SearchCount, Shape
from itsm.kb.service import counts, feedback, searches
from itsm.kb.service.articles import Words
from tests.counting import queries_of
from tests.kb.factories import make_article, make_category, translate
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        ("  Beamer   kein\tBild ", "beamer kein bild"),
        ("Mail an frau.meier@schule.example geht nicht", "mail an geht nicht"),
        ("Gerät 4711 kaputt, Nr. 08154", "gerät 4711 kaputt, nr."),
        ("Rückruf 0231/50 22-222 bitte", "rückruf bitte"),
        ("iOS 17.5 Update", "ios 17.5 update"),
        ("0231 5022222", ""),
        ("\x00", ""),
        ("x" * 200, "x" * 100),
    ],
)
def test_a_line_is_counted_without_addresses_and_long_numbers(typed: str, counted: str) -> None:
    assert searches.normal(typed) == counted


def test_a_search_is_counted_by_line_and_day_and_a_click_only_where_it_was_searched(session: scoped_session) -> None:
    for line, hits in (("Beamer", 3), (" beamer", 5), ("nie gehört", 0)):
        searches.note(line, hits, MONDAY)
    searches.clicked("BEAMER", MONDAY)
    searches.clicked("Beamer", MONDAY + timedelta(days=1))
    searches.clicked("was anderes", MONDAY)
    rows = session.execute(
        sa.select(SearchCount.line, SearchCount.searches, SearchCount.hits, SearchCount.clicks).order_by("line")
    )
    assert [tuple(row) for row in rows] == [("beamer", 2, 5, 1), ("nie gehört", 1, 0, 0)]


def test_searches_are_forgotten_after_400_days(session: scoped_session) -> None:
    for days in (400, 401):
        searches.note("Beamer", 1, MONDAY - timedelta(days=days))
    assert [searches.forget(MONDAY_9AM) for _ in range(2)] == [1, 0]


def test_shelves_show_how_much_a_person_may_read_and_no_empty_one(session: scoped_session) -> None:
    filled, staff, _ = (make_category(name=name) for name in ("Präsentieren", "Konten", "Leer"))
    for shelf, audience in ((filled, Audience.PUBLIC), (filled, Audience.STAFF), (staff, Audience.STAFF)):
        make_article(category_id=shelf.id, audience=audience)
    make_article(category_id=filled.id, valid_until=MONDAY - timedelta(days=1))
    reporter = actor_for(make_user(Role.REPORTER, school_id=make_school().id))
    assert [(shelf.name, count) for shelf, count in reading.shelves(STRANGER, MONDAY)] == [("Präsentieren", 1)]
    assert [count for _, count in reading.shelves(reporter, MONDAY)] == [2, 1]


def test_often_helpful_is_what_helped_most_within_a_year(session: scoped_session) -> None:
    old, seldom, often, never = (make_article(title) for title in ("Alt", "Selten", "Oft", "Nie"))
    for article, times, on in ((old, 9, 400), (seldom, 1, 0), (often, 2, 30)):
        for _ in range(times):
            counts.count("helped", [article.id], MONDAY_9AM - timedelta(days=on))
    counts.count("opened", [never.id], MONDAY_9AM)
    assert [card.title for card in reading.most_helped(STRANGER, MONDAY)] == ["Oft", "Selten"]


def test_an_article_says_what_a_reader_has_to_know(client: FlaskClient, session: scoped_session) -> None:
    body = "## Eins\n\na\n\n## Zwei\n\nb\n\n## Drei\n\nc"
    day = clock.local_day(clock.now()) + timedelta(days=3)
    article = make_article(
        "Beamer dunkel", summary="Kurz gesagt.", body=body, tags=["HDMI"], team="Medienzentrum", valid_until=day,
        source="GNOME-Hilfe", licence="CC BY-SA 3.0", author="Frau Beispiel",
    )  # fmt: skip
    page = client.get(f"/wissen/{article.id}").text
    for words in ("Beamer dunkel", "Kurz gesagt.", "Inhalt", "Medienzentrum", "16.11.2026", f"{day:%d.%m.%Y}",
                  "GNOME-Hilfe", "CC BY-SA 3.0", "Frau Beispiel", 'name="description"', "/wissen/suche?tag=HDMI",
                  "Anmelden und melden", f"artikel%3D{article.id}"):  # fmt: skip
        assert words in page, words


def test_only_languages_that_are_there_are_offered(client: FlaskClient, session: scoped_session) -> None:
    article = make_article("Drucken")
    assert "Sprache" not in client.get(f"/wissen/{article.id}").text
    translate(article, Language.ENGLISH, Words("Printing", "In short.", "Press **Print**."))
    page = client.get(f"/wissen/{article.id}").text
    assert "English" in page and "Einfache Sprache" not in page
    english = client.get(f"/wissen/{article.id}?sprache=en").text
    assert '<article class="it-record__main" lang="en">' in english and "Printing" in english
    for other in ("de-simple", "fr", "en' OR 1=1"):
        assert "Drucken" in client.get(f"/wissen/{article.id}", query_string={"sprache": other}).text


def test_paper_has_the_steps_and_the_address_and_nothing_to_go_to(
    app: Flask, client: FlaskClient, session: scoped_session
) -> None:
    article = make_article("Drucken", body=":::schritte\n1. Papier einlegen\n2. Drucken\n:::", shape=Shape.STEPS)
    page = sign_in(client, make_user(Role.AUDITOR)).get(f"/wissen/{article.id}/druck").text
    assert "Papier einlegen" in page and f"{app.config['BASE_URL']}/wissen/{article.id}" in page and "<svg" in page
    assert "Hauptnavigation" not in page and "Hat das geholfen" not in page


def test_a_line_finds_marks_and_counts_and_a_hit_counts_its_click(client: FlaskClient, session: scoped_session) -> None:
    article = make_article("Beamer bleibt dunkel", summary="Der Beamer zeigt nichts.")
    page = client.get("/wissen/suche?q=Beamer").text
    assert "<mark>Beamer</mark>" in page and f"/wissen/{article.id}?von=Beamer" in page
    client.get("/wissen/suche?q=Beamer&seite=2")
    client.get("/wissen/suche/live?q=Beamer")
    client.get(f"/wissen/{article.id}?von=Beamer")
    searched = session.scalars(sa.select(SearchCount)).one()
    assert (searched.line, searched.searches, searched.hits, searched.clicks) == ("beamer", 1, 1, 1)
    assert session.scalars(sa.select(ArticleCount.opened)).one() == 1


def test_nothing_found_is_said_and_has_ways_on(client: FlaskClient, session: scoped_session) -> None:
    make_article("Beamer")
    page = client.get("/wissen/suche?q=Xylophonkonzert").text
    assert "nichts gefunden" in page and "Anmelden und melden" in page
    assert session.scalars(sa.select(SearchCount.hits)).one() == 0


def test_the_one_search_shows_articles_and_counts_what_nobody_finds(
    client: FlaskClient, session: scoped_session
) -> None:
    make_school(name="Adlerfeldschule")
    make_article("Beamer bleibt dunkel", audience=Audience.STAFF)
    sign_in(client, make_user(Role.AUDITOR))
    assert "Beamer</mark> bleibt dunkel" in client.get("/suche?q=Beamer").text
    for q in ("Adlerfeldschule", "Xylophonkonzert"):
        client.get(f"/suche?q={q}")
    lines = dict(session.execute(sa.select(SearchCount.line, SearchCount.hits)).all())
    assert lines == {"beamer": 1, "xylophonkonzert": 0}


def test_lists_are_narrowed_by_addresses_and_what_is_set_can_be_taken_away(
    client: FlaskClient, session: scoped_session
) -> None:
    shelf = make_category(name="Präsentieren")
    make_article("Grundschulbeamer", category_id=shelf.id, school_forms=["02"], tags=["HDMI"])
    make_article("Gymnasiumsbeamer", category_id=shelf.id, school_forms=["20"], tags=["VGA"])
    make_article("Allerweltsbeamer", category_id=shelf.id)
    path = f"/wissen/bereich/{shelf.slug}"
    assert f'href="{path}?form=20"' in client.get(path).text
    page = client.get(f"{path}?form=20").text
    assert "Gymnasiumsbeamer" in page and "Allerweltsbeamer" in page and "Grundschulbeamer" not in page
    assert f'href="{path}" aria-label="Filter Schulform: Gymnasium entfernen"' in page
    assert "Grundschulbeamer" in client.get(f"{path}?form=99&seite=x&_external=1&endpoint=a&slug=b").text
    assert "kein Artikel" in client.get(f"{path}?tag=HDMI&form=20").text


def test_yes_is_counted_once_in_a_browser_with_the_school_form_and_without_a_person(
    client: FlaskClient, session: scoped_session
) -> None:
    article, school = make_article(), make_school()
    sign_in(client, make_user(Role.REPORTER, school_id=school.id))
    for helped in ("ja", "ja", "nein"):
        answer = client.post(f"/wissen/{article.id}/geholfen", data={"helped": helped})
        assert answer.headers["Location"] == f"/wissen/{article.id}#geholfen"
    counted = session.scalars(sa.select(ArticleCount)).one()
    assert (counted.helped, counted.not_helped, counted.school_form) == (1, 0, school.form_key)
    assert "Danke" in client.get(f"/wissen/{article.id}").text


def test_a_no_asks_what_was_missing_and_the_owner_gets_it_once(client: FlaskClient, session: scoped_session) -> None:
    article = make_article()
    translate(article, Language.ENGLISH, Words("Printing", "", "Press."))
    client.post(f"/wissen/{article.id}/geholfen", data={"helped": "nein", "sprache": "en"})
    assert "Was hat gefehlt?" in client.get(f"/wissen/{article.id}?sprache=en").text
    for text in ("The button is elsewhere.", "Noch etwas"):
        client.post(f"/wissen/{article.id}/gefehlt", data={"missing": text, "sprache": "en"})
    task = session.scalars(sa.select(ArticleTask)).one()
    assert (task.text, task.language, task.article_id) == ("The button is elsewhere.", Language.ENGLISH, article.id)
    assert session.scalars(sa.select(ArticleCount.not_helped).where(ArticleCount.not_helped > 0)).one() == 1


def test_saying_nothing_was_missing_is_thanked_for_too_and_too_much_is_not_lost(
    client: FlaskClient, session: scoped_session
) -> None:
    article = make_article()
    answer = client.post(f"/wissen/{article.id}/gefehlt", data={"missing": "lang " * 300})
    assert answer.status_code == 422 and "lang lang" in answer.text and "höchstens 1000 Zeichen" in answer.text
    assert client.post(f"/wissen/{article.id}/gefehlt", data={"missing": ""}).status_code == 303
    assert session.scalars(sa.select(ArticleTask)).all() == []


def test_texts_of_one_address_are_limited(app: Flask, session: scoped_session) -> None:
    article = make_article()
    statuses = [
        app.test_client().post(f"/wissen/{article.id}/gefehlt", data={"missing": f"Text {number}"}).status_code
        for number in range(feedback.TEXTS.most + 1)
    ]
    assert statuses == [303] * feedback.TEXTS.most + [429]


def test_no_more_than_some_lines_of_a_stranger_are_counted(client: FlaskClient, session: scoped_session) -> None:
    make_article("Beamer")
    for _ in range(searches.OF_STRANGER.most):
        limits.take(searches.OF_STRANGER, "127.0.0.1", clock.now())
    session.commit()
    assert "Beamer" in client.get("/wissen/suche?q=beamer").text
    assert session.scalars(sa.select(SearchCount)).all() == []
    sign_in(client, make_user(Role.REPORTER)).get("/wissen/suche?q=beamer")
    assert session.scalars(sa.select(SearchCount.searches)).all() == [1]


def test_feed_and_site_map_hold_what_everybody_may_read_whoever_asks(
    app: Flask, client: FlaskClient, session: scoped_session
) -> None:
    public = make_article("Für alle & jeden\x01", summary="Kurz <b>gesagt</b> ]]>\x0b\uffff.")
    make_article("Fürs Kollegium", audience=Audience.STAFF)
    sign_in(client, make_user(Role.ADMINISTRATOR))
    base = app.config["BASE_URL"]
    entries = ET.fromstring(client.get("/wissen/neues.atom").data).findall("{*}entry")
    assert [entry.findtext("{*}title") for entry in entries] == ["Für alle & jeden"]
    places = [place.text for place in ET.fromstring(client.get("/wissen/sitemap.xml").data).findall(".//{*}loc")]
    assert places == [f"{base}/wissen", f"{base}/wissen/{public.id}"]


def test_pages_ask_the_database_as_often_for_few_articles_as_for_many(
    client: FlaskClient, session: scoped_session
) -> None:
    def asked() -> list[int]:
        counted = []
        for path in ("/wissen", f"/wissen/{article.id}", "/wissen/suche?q=Beamer", "/wissen/suche"):
            with queries_of() as sent:
                assert client.get(path).status_code == 200
            counted.append(len(sent))
        return counted

    article = make_article("Beamer eins", category_id=make_category().id, tags=["a"])
    few = asked()
    for number in range(5):
        make_article(f"Beamer {number}", category_id=make_category().id, tags=["b"])
    assert asked() == few
