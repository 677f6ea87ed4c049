"""The pages of the editors: what waits, the list, the record, the revisions, the bin; and those of a school."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from itsm.accounts.models import User
from itsm.core import clock
from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb import board, listing, record
from itsm.kb.models import (
    Article,
    ArticleCount,
    ArticleFault,
    ArticleLink,
    ArticleText,
    Audience,
    Language,
    SearchCount,
    TaskKind,
)
from itsm.kb.service import articles, flow, tasks
from itsm.kb.service import bin as recycle_bin
from itsm.kb.service.articles import Words
from itsm.kb.states import State
from tests.counting import queries_of
from tests.kb.factories import make_article, make_category, make_draft, translate
from tests.kb.submissions import make_submission
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school
from tests.tickets.factories import make_ticket

DAY = timedelta(days=1)


@pytest.fixture
def me(client: FlaskClient) -> User:
    """An editor whose browser it is."""
    user = make_user(Role.KB_EDITOR)
    sign_in(client, user)
    return user


def rows(slug: str, user: User) -> list[str]:
    found = board.BY_SLUG[slug].fill(actor_for(user), MONDAY, 50).rows
    return [getattr(row, "line", None) or getattr(row, "title", None) or row.name for row in found]


def handed_in(title: str, writer: User | None = None) -> Article:
    article = make_draft(title)
    if writer:
        new = Words(title, "neu", "neu")
        articles.save(actor_for(writer), article, Language.GERMAN, new, MONDAY_9AM, version=article.german.version_id)
    flow.hand_in(actor_for(make_user(Role.KB_EDITOR)), article, "", MONDAY_9AM)
    db.session.commit()
    return article


def test_what_an_editor_may_publish_comes_first_and_is_what_the_menu_counts(me: User) -> None:
    handed_in("Eigener", me)
    handed_in("Fremder")
    make_submission()
    assert rows("pruefen", me) == ["Fremder", "Eigener"]
    assert rows("eingereicht", me) == ["Beamer ohne Ton"]
    assert sum(board.waiting(actor_for(me))) == 2


def test_the_rule_of_four_eyes_and_its_twin_say_the_same(me: User) -> None:
    made = [handed_in("Eigener", me), handed_in("Fremder"), make_article("Online"), make_draft("Entwurf")]
    wrote = set(db.session.scalars(sa.select(Article.id).where(board.wrote(actor_for(me)))))
    assert wrote == {one.id for one in made if record.Standing(actor_for(me), one, MONDAY).has_written}


def test_stale_is_what_was_flagged_is_due_or_expires(me: User) -> None:
    flagged = make_article("Falsch")
    flow.flag(actor_for(me), flagged, "Menü", MONDAY_9AM)
    make_article("Fällig", review_on=MONDAY)
    make_article("Läuft ab", valid_until=MONDAY + 14 * DAY)
    make_article("Morgen fällig", review_on=MONDAY + DAY)
    make_article("Läuft später ab", valid_until=MONDAY + 15 * DAY)
    make_draft("Nie erschienen", review_on=MONDAY)
    assert rows("veraltet", me) == ["Fällig", "Läuft ab", "Falsch"]


@pytest.mark.parametrize(("helped", "no", "shown"), [(2, 2, False), (3, 2, False), (2, 3, True), (5, 5, True)])
def test_badly_rated_is_half_no_of_at_least_five(me: User, helped: int, no: int, shown: bool) -> None:
    article = make_article("Drucker")
    for month, factor in ((MONDAY.replace(day=1), 1), (MONDAY.replace(month=7, day=1), 9)):
        db.session.add(ArticleCount(article_id=article.id, month=month, helped=helped, not_helped=no * factor))
    db.session.commit()
    assert bool(rows("bewertung", me)) is shown


def test_searches_without_a_hit_or_a_click_are_listed_until_they_are_dealt_with(client: FlaskClient, me: User) -> None:
    for line, searches, hits, clicks, age in (
        ("beamerlampe", 3, 0, 0, 0),
        ("kennwort", 5, 4, 0, 0),
        ("wlan", 9, 4, 2, 0),
        ("alt", 9, 0, 0, 91),
    ):
        counts = {"searches": searches, "hits": hits, "clicks": clicks}
        db.session.add(SearchCount(line=line, day=MONDAY - age * DAY, **counts))
    db.session.commit()
    assert rows("suchen", me) == ["kennwort", "beamerlampe"]
    assert client.post("/wissen/redaktion/suchen/erledigt", data={"line": "kennwort"}).status_code == 303
    assert rows("suchen", me) == ["beamerlampe"]


def test_a_kind_of_fault_with_many_tickets_and_no_article_is_listed(me: User) -> None:
    school = make_school()
    first = make_ticket(school)
    for _ in range(9):
        make_ticket(school, fault_type=first.fault_type)
    assert rows("stoerungsarten", me) == [first.fault_type.name]
    draft = make_draft(faults=[first.fault_type])
    assert rows("stoerungsarten", me) == [first.fault_type.name]
    db.session.add(ArticleFault(article_id=make_article().id, fault_type_id=first.fault_type_id))
    db.session.commit()
    assert draft.faults
    assert rows("stoerungsarten", me) == []


def test_feedback_links_owners_and_languages_are_listed_for_what_is_at_work(me: User) -> None:
    gone = make_user(Role.KB_EDITOR, name="Ist Weg")
    gone.disabled_at = MONDAY_9AM
    online, orphan, old = make_article("Online"), make_article("Waise", owner_id=gone.id), make_article("Weg")
    for article in (online, old):
        tasks.add(article, TaskKind.FEEDBACK, f"{article.german.title}?", MONDAY_9AM)
        db.session.add(ArticleLink(article_id=article.id, url="https://example.org", broken_since=MONDAY_9AM))
    translate(orphan, Language.ENGLISH, Words("Orphan"))
    translate(orphan, Language.SIMPLE, Words("Allein"))
    recycle_bin.throw_away(actor_for(me), old, "Doppelt", MONDAY_9AM)
    db.session.commit()
    found = {slug: rows(slug, me) for slug in ("rueckmeldungen", "links", "verantwortlich", "sprachen")}
    assert found == {
        "rueckmeldungen": ["Online"],
        "links": ["Online"],
        "verantwortlich": ["Waise"],
        "sprachen": ["Online"],
    }


@pytest.mark.usefixtures("session")
def test_nobody_but_editors_gets_a_row_of_the_board() -> None:
    handed_in("Fremder")
    make_submission()
    for role in (Role.CAMPUS_MANAGER, Role.AUDITOR, Role.CLAIMS_CLERK):
        assert [block for block in board.BLOCKS if rows(block.slug, make_user(role))] == []


def test_the_board_shows_five_of_each_and_the_rest_on_a_page(client: FlaskClient, me: User) -> None:
    for number in range(7):
        make_article(f"Fällig {number}", review_on=clock.local_day(clock.now()))
    html = client.get("/wissen/redaktion").text
    assert html.count("Prüfung fällig am") == 5
    assert "Kein Artikel wartet auf eine Prüfung." in html
    assert client.get("/wissen/redaktion/veraltet").text.count("Prüfung fällig am") == 7
    assert client.get("/wissen/redaktion/nichts").status_code == 404


def test_the_board_asks_as_often_for_many_articles_as_for_few(client: FlaskClient, me: User) -> None:
    make_article(review_on=MONDAY)
    with queries_of() as few:
        client.get("/wissen/redaktion")
    for _ in range(3):
        make_article(review_on=MONDAY)
        handed_in("Noch einer")
    with queries_of() as many:
        client.get("/wissen/redaktion")
    assert len(many) == len(few)


def test_the_landing_page_says_what_waits(client: FlaskClient, me: User) -> None:
    waiting = handed_in("Fremder")
    make_submission()
    html = client.get("/").text
    assert "Ein Artikel wartet auf Ihre Prüfung." in html
    assert "Eine Schule hat einen Vorschlag eingereicht." in html
    assert f'href="/wissen/{waiting.id}/redaktion"' in html


def test_the_words_of_the_search_line(client: FlaskClient, me: User) -> None:
    netz = make_category(name="Netz")
    make_draft("WLAN", audience=Audience.SUPPORT, category_id=netz.id, tags=["iPad"])
    make_article("Beamer", owner_id=me.id, review_on=MONDAY)
    handed_in("Drucker")
    expected = {
        "zustand:prüfung": ["Drucker"],
        "zustand:veraltet": ["Beamer"],
        "zielgruppe:support": ["WLAN"],
        "bereich:Netz": ["WLAN"],
        "bereich:ohne": ["Beamer", "Drucker"],
        "besitzer:ich": ["Beamer"],
        "besitzer:niemand": [],
        "schlagwort:iPad": ["WLAN"],
        "wla": ["WLAN"],
        "zustand:prüfung drucker": ["Drucker"],
        "100%": [],
    }
    found = {line: listing.page(actor_for(me), "alle", line, "alt", "", MONDAY).rows for line in expected}
    assert {line: sorted(row.title for row in rows_) for line, rows_ in found.items()} == expected
    assert "Drucker" in client.get("/wissen/artikel?tab=alle&q=zustand:prüfung").text


def test_every_row_of_a_long_list_is_on_exactly_one_page(client: FlaskClient, me: User) -> None:
    same = {"state": State.DRAFT, "state_at": MONDAY_9AM, "created_at": MONDAY_9AM, "audience": Audience.PUBLIC}
    for number in range(28):
        text = ArticleText(language=Language.GERMAN, title=f"Nummer-{number:02}", changed_at=MONDAY_9AM)
        db.session.add(Article(texts=[text], **same))
    db.session.commit()
    first = listing.page(actor_for(me), "arbeit", "", "neu", "", MONDAY)
    rest = listing.page(actor_for(me), "arbeit", "", "neu", first.cursor or "", MONDAY)
    assert [row.title for row in (*first.rows, *rest.rows)] == [f"Nummer-{27 - number:02}" for number in range(28)]
    assert (first.counts["arbeit"], rest.cursor) == (28, None)
    html = client.get("/wissen/artikel").text
    assert "25 von 28 angezeigt" in html
    assert f"ab={first.cursor}" in html


@pytest.mark.parametrize("query", ["tab=x", "sort=x", "ab=x", "q=zustand:x", "q=zielgruppe:x", "q=" + "x" * 400])
def test_a_list_nobody_asked_for_is_a_sentence(client: FlaskClient, me: User, query: str) -> None:
    assert client.get(f"/wissen/artikel?{query}").status_code == 422


def test_support_sees_its_own_articles_in_the_list_and_no_others(client: FlaskClient) -> None:
    manager = make_user(Role.SECOND_LEVEL)
    sign_in(client, manager)
    make_draft("Eigener", owner_id=manager.id)
    make_article("Fremder")
    html = client.get("/wissen/artikel?tab=alle").text
    assert "Eigener" in html
    assert "Fremder" not in html


def test_four_eyes_are_explained_before_a_button_fails(client: FlaskClient, me: User) -> None:
    make_user(Role.KB_EDITOR, name="Noa Prüft")
    article = handed_in("Eigener", me)
    html = client.get(f"/wissen/{article.id}/redaktion").text
    assert "Sie haben daran geschrieben" in html
    assert "Noa Prüft" in html
    assert "Veröffentlichen" not in html


def test_who_publishes_has_read_what_is_published(client: FlaskClient, me: User) -> None:
    article = handed_in("Fremder")
    address = f"/wissen/{article.id}/redaktion/veroeffentlichen"
    stale = {"veroeffentlichen-seen": record.stamp(article)}
    flow.send_back(actor_for(make_user(Role.KB_EDITOR)), article, "Bild", MONDAY_9AM)
    flow.hand_in(actor_for(make_user(Role.KB_EDITOR)), article, "", MONDAY_9AM)
    db.session.commit()
    answer = client.post(address, data=stale)
    assert (answer.status_code, article.is_live) == (409, False)
    assert "Der Artikel hat sich geändert" in answer.text
    assert client.post(address, data={"veroeffentlichen-seen": record.stamp(article)}).status_code == 303
    assert article.is_live


def test_a_refused_step_shows_its_sentence_and_keeps_what_was_typed(client: FlaskClient, me: User) -> None:
    article = make_article()
    answer = client.post(f"/wissen/{article.id}/redaktion/archivieren", data={"archivieren-text": " "})
    assert answer.status_code == 422
    assert "Bitte schreiben Sie, warum." in answer.text
    answer = client.post(f"/wissen/{article.id}/redaktion/verantwortlich", data={"verantwortlich-owner": "Niemand"})
    assert 'value="Niemand"' in answer.text


def test_days_and_owner_are_changed_where_they_stand(client: FlaskClient, me: User) -> None:
    article = make_article()
    address = f"/wissen/{article.id}/redaktion"
    days = {"termine-review_on": "17.3.27", "termine-valid_until": "", "termine-seen": record.stamp(article)}
    assert client.post(f"{address}/termine", data=days).status_code == 303
    owner = {"verantwortlich-owner": me.email, "verantwortlich-seen": record.stamp(article)}
    assert client.post(f"{address}/verantwortlich", data=owner).status_code == 303
    assert (str(article.review_on), article.valid_until, article.owner_id) == ("2027-03-17", None, me.id)


@pytest.mark.parametrize("slug", ["termine", "verantwortlich", "stimmt"])
def test_a_page_that_is_out_of_date_changes_nothing(client: FlaskClient, me: User, slug: str) -> None:
    article = make_article(review_on=MONDAY)
    sent = {f"{slug}-seen": record.stamp(article), f"{slug}-owner": me.email}
    flow.set_days(actor_for(me), article, MONDAY, MONDAY, MONDAY_9AM)
    db.session.commit()
    assert client.post(f"/wissen/{article.id}/redaktion/{slug}", data=sent).status_code == 409
    assert (article.review_on, article.valid_until, article.owner_id == me.id) == (MONDAY, MONDAY, False)


def test_revisions_are_compared_and_an_old_one_comes_back(client: FlaskClient, me: User) -> None:
    article = make_draft("Alt", body="Ein alter Satz")
    new = Words("Alt", "", "Ein neuer Satz")
    articles.save(actor_for(me), article, Language.GERMAN, new, MONDAY_9AM, version=article.german.version_id)
    db.session.commit()
    address = f"/wissen/{article.id}/fassungen"
    html = client.get(address).text
    assert "<del>" in html
    assert "<ins>" in html
    assert client.get(f"{address}?von=1&mit=9").status_code == 404
    assert client.get(f"{address}?sprache=en").status_code == 404
    assert client.post(f"{address}/{article.german.revisions[0].id}/zurueck").status_code == 303
    assert article.german.body == "Ein alter Satz"


def test_the_bin_shows_why_and_gives_back(client: FlaskClient, me: User) -> None:
    article = make_article("Doppelt")
    client.post(f"/wissen/{article.id}/redaktion/loeschen", data={"loeschen-text": "Steht schon woanders"})
    assert "Steht schon woanders" in client.get("/wissen/papierkorb").text
    assert "Doppelt" not in client.get("/wissen/artikel?tab=alle").text
    client.post(f"/wissen/papierkorb/{article.id}/zurueck")
    assert (article.deleted_at, article.state) == (None, State.ARCHIVED)


def test_a_school_hands_in_reads_the_question_and_answers(client: FlaskClient) -> None:
    school = make_school()
    person, desk = make_user(Role.REPORTER, school_id=school.id), actor_for(make_user(Role.KB_EDITOR))
    sign_in(client, person)
    typed = {"title": "Beamer", "body": "HDMI", "may_name": "y"}
    there = client.post("/wissen/einreichen", data=typed).location
    assert client.post("/wissen/einreichen", data=typed).location == there
    article = db.session.scalars(sa.select(Article)).one()
    assert article.submitted_school_id == school.id
    tasks.add(article, TaskKind.FEEDBACK, "intern", MONDAY_9AM)
    flow.ask(desk, article, "Welches Gerät?", MONDAY_9AM)
    db.session.commit()
    assert "Welches Gerät?" in client.get(there).text
    assert client.post(f"{there}/antwort", data={"text": "Der in 2.14"}).status_code == 303
    assert article.state is State.SUBMITTED
    assert client.post(f"{there}/antwort", data={"text": "Noch etwas"}).status_code == 422
    assert "Beamer" in client.get("/wissen/einreichungen").text


def test_a_person_of_two_schools_says_which_and_no_other(client: FlaskClient) -> None:
    schools = [make_school(), make_school(), make_school()]
    person = make_user(Role.REPORTER, school_id=schools[0].id)
    person.grants.append(type(person.grants[0])(role=Role.REPORTER, school_id=schools[1].id))
    db.session.commit()
    sign_in(client, person)
    typed = {"title": "Beamer", "body": "HDMI"}
    for choice, status in ((None, 422), (schools[2].id, 422), (schools[1].id, 303)):
        sent = typed | ({"school": choice} if choice else {})
        assert client.post("/wissen/einreichen", data=sent).status_code == status
