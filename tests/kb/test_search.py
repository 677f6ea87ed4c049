"""What is found for what people type, what is not, and what nobody may notice."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bench import kb_fill
from itsm.core.access import STRANGER, Actor, Role
from itsm.core.db import db
from itsm.kb import search
from itsm.kb.models import Article, Audience, Language
from itsm.kb.packing import Field
from itsm.kb.search import Filters
from itsm.kb.service import index
from itsm.kb.service.articles import Words
from tests.kb.factories import make_article, make_category, make_synonyms, translate
from tests.people import MONDAY, actor_for, make_user
from tests.tickets.factories import make_fault_type

pytestmark = pytest.mark.usefixtures("session")

ARTICLES = {
    "lampe": ("Die Lampe des Beamers wechseln", "Wenn das Bild zu schwach ist."),
    "server": ("Der Schulserver", "Er steht im Keller und hält die Dateien."),
    "drucker": ("Drucker im Lehrerzimmer", "Papier nachlegen und Toner tauschen."),
    "wlan": ("Passwort für das WLAN", "So kommen Gäste hinein."),
    "airplay": ("Mit AirPlay zeigen", "Vom iPad auf die Wand."),
    "tafel": ("Die Tafel bleibt dunkel", "Netzstecker prüfen und neu einschalten."),
    "jamf": ("Jamf richtet Geräte ein", "Die Verwaltung aller Tablets."),
    "gruesse": ("Größe der Schüler­ausweise ändern", "Maße für den Ausdruck."),
    "rechtschreibung": ("Rechtschreibprüfung einschalten", "Wörter rot unterstreichen lassen."),
}


@pytest.fixture
def keys() -> dict[int, str]:
    """The articles above, by number, and what means the same."""
    ids = kb_fill.put(
        [(key, title, summary, f"## Schritte\n\n{summary}") for key, (title, summary) in ARTICLES.items()]
    )
    for words in (("Apple TV", "AirPlay"), ("Display", "Bildschirm", "Tafel"), ("MDM", "Jamf")):
        make_synonyms(*words)
    return dict(zip(ids, ARTICLES, strict=True))


def found(line: str, keys: dict[int, str], actor: Actor = STRANGER) -> list[str]:
    return [keys[hit.article_id] for hit in search.find(actor, line, MONDAY).hits]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("Beamerlampe", "lampe"),
        ("BEAMERLAMPEN", "lampe"),
        ("Beamer Lampen", "lampe"),
        ("server", "server"),
        ("Schul-Server", "server"),
        ("Druker", "drucker"),
        ("Durcker", "drucker"),
        ("Drucken", "drucker"),
        ("Wlan pasword", "wlan"),
        ("W-LAN Gast", "wlan"),
        ("Apple TV", "airplay"),
        ("appletv air-play", "airplay"),
        ("Display schwarz", "tafel"),
        ("bildschirm", "tafel"),
        ("MDM", "jamf"),
        ("groesse aendern", "gruesse"),
        ("GRÖSSE", "gruesse"),
        ("Schuelerausweis", "gruesse"),
        ("Rechtschreibprüfng", "rechtschreibung"),
        ("Was kann ich tun, wenn in meinem Klassenraum die Tafel einfach nicht mehr hell werden will?", "tafel"),
        ("Toner leer'; SELECT 1; --", "drucker"),
        ("Schul Server", "server"),
    ],
)
def test_german_as_people_type_it_is_found(line: str, key: str, keys: dict[int, str]) -> None:
    assert found(line, keys)[:1] == [key]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "der die das und",
        "Schulbus",
        "Heizungskeller kalt",
        "\x00\x00",
        "😀🎉",
        "%_'\"\\;--",
        "x" * 10_000,
        "ß",
        "!!!",
    ],
)
def test_nothing_found_is_nothing(line: str, keys: dict[int, str]) -> None:
    assert search.find(STRANGER, line, MONDAY) == search.Found(0, ())
    assert search.suggest(STRANGER, line, MONDAY) == ()


def test_a_wall_of_text_is_read_at_its_beginning(keys: dict[int, str]) -> None:
    assert found("Der Drucker im Lehrerzimmer. " * 400, keys)[0] == "drucker"


def test_suggestions_come_before_the_last_word_is_finished(keys: dict[int, str]) -> None:
    for line, key in (("dru", "drucker"), ("die lam", "lampe"), ("airp", "airplay")):
        assert keys[search.suggest(STRANGER, line, MONDAY)[0].article_id] == key


def test_a_title_weighs_more_than_the_text_and_can_be_left_out(keys: dict[int, str]) -> None:
    assert [hit.article_id for hit in search.by_operator("Schulserver").hits]
    assert not search.by_operator("Schulserver", [Field.SUMMARY, Field.HEADINGS, Field.TEXT]).hits


def test_pages_follow_each_other_and_ties_go_by_number() -> None:
    ids = kb_fill.put([(str(number), "Beamer", "", "") for number in range(5)])
    pages = [search.find(STRANGER, "Beamer", MONDAY, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [page.total for page in pages] == [5, 5, 5]
    assert [hit.article_id for page in pages for hit in page.hits] == ids


def test_filters_leave_what_fulfils_them_all() -> None:
    fault, shelf = make_fault_type(), make_category()
    about = {"category_id": shelf.id, "tags": ["licht"], "school_forms": ["primary"], "device_kinds": ["ipad"]}
    one = make_article("Beamer", **about)
    one.faults = [fault]
    everything = make_article("Beamer", audience=Audience.STAFF)
    db.session.commit()
    actor = actor_for(make_user(Role.REPORTER))
    for filters, expected in (
        (Filters(), [one, everything]),
        (Filters(category_id=shelf.id, tag="licht", fault_type_id=fault.id), [one]),
        (Filters(school_form="primary"), [one, everything]),
        (Filters(school_form="grammar", device_kind="ipad"), [everything]),
        (Filters(audience=Audience.STAFF), [everything]),
        (Filters(tag="ton"), []),
    ):
        hits = search.find(actor, "Beamer", MONDAY, filters=filters).hits
        assert {hit.article_id for hit in hits} == {article.id for article in expected}


def test_what_a_stranger_may_not_read_changes_nothing_they_find(keys: dict[int, str]) -> None:
    lines = ("Beamerlampe", "Druker", "Display Toner WLAN", "Passwrt", "Lampenfassung")
    before = [search.find(STRANGER, line, MONDAY) for line in lines]
    hidden = kb_fill.put(
        [("geheim", "Druker Passwrt Passwert Lampenfassung Fassung", "Display Toner Beamerlampe", "Beamer " * 300)]
    )
    db.session.execute(sa.update(Article).where(Article.id.in_(hidden)).values(audience=Audience.SUPPORT))
    assert [search.find(STRANGER, line, MONDAY) for line in lines] == before
    agent = actor_for(make_user(Role.SECOND_LEVEL))
    assert all(hidden[0] in {hit.article_id for hit in search.find(agent, line, MONDAY).hits} for line in lines)


def test_an_article_is_found_until_its_last_day_and_after_it_is_published_alone() -> None:
    article = make_article("Ladekoffer", valid_until=MONDAY)
    assert search.find(STRANGER, "Ladekoffer", MONDAY).total == 1
    assert search.find(STRANGER, "Ladekoffer", MONDAY + timedelta(days=1)).total == 0
    article.deleted_at = article.created_at
    index.refresh(article)
    assert search.find(STRANGER, "Ladekoffer", MONDAY).total == 0


def test_variants_and_tags_are_found_too() -> None:
    article = make_article("Ladekoffer", tags=["iPadwagen"])
    translate(article, Language.ENGLISH, Words("Charging case", "Plug it in."))
    for line in ("charging", "ipadwagen"):
        assert [hit.article_id for hit in search.find(STRANGER, line, MONDAY).hits] == [article.id]


def test_related_articles_are_about_the_same_and_never_the_article_itself() -> None:
    article = make_article("Beamer bleibt dunkel", tags=["beamer"])
    same = make_article("Beamer: Ton fehlt", tags=["beamer"])
    other = make_article("Beamer ausleihen")
    make_article("Drucker")
    make_article("Beamer intern", tags=["beamer"], audience=Audience.SUPPORT)
    assert [hit.article_id for hit in search.related(STRANGER, article, MONDAY)] == [same.id, other.id]


def test_a_report_is_answered_by_its_words_and_its_kind_of_fault() -> None:
    fault = make_fault_type()
    linked = make_article("Bild fehlt")
    linked.faults = [fault]
    other = make_article("Bild fehlt")
    db.session.commit()
    for text in ("", "Seit heute früh fehlt das Bild", "zzz"):
        assert search.for_report(STRANGER, text, fault.id, MONDAY)[0].article_id == linked.id
    assert [hit.article_id for hit in search.for_report(STRANGER, "kein Bild", None, MONDAY)] == [linked.id, other.id]
    assert search.for_report(STRANGER, "", None, MONDAY) == ()
