"""From a search with the keyboard alone to "hat geholfen", and from a no to a report with what was read."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from itsm.core.access import Role
from itsm.core.db import db
from itsm.kb.models import ArticleCount, ArticleTask, Shape
from tests.browser.axe import violations
from tests.browser.conftest import DESK, Server, city, signed_in
from tests.kb.factories import make_article
from tests.people import make_user
from tests.places import make_school
from tests.tickets.factories import make_fault_type

STEPS = ":::schritte\n1. Eingang HDMI wählen\n2. Kabel prüfen\n:::\n\n## Ton\n\na\n\n## Bild\n\nb\n\n## Lampe\n\nc"


@dataclass(frozen=True)
class Library:
    """A running city with two articles and a teacher."""

    server: Server
    beamer: int
    teacher: int


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One library for all tests of this file."""
    with city("library", tmp_path_factory.mktemp("library")) as server, server.app.app_context():
        fault = make_fault_type()
        beamer = make_article("Der Beamer zeigt kein Bild", body=STEPS, shape=Shape.STEPS, faults=[fault])
        make_article("Beamer ausleihen")
        yield Library(server, beamer.id, make_user(Role.REPORTER, school_id=make_school().id).id)


@pytest.mark.browser
def test_a_stranger_finds_by_keyboard_reads_and_says_that_it_helped(browser: Browser, library: Library) -> None:
    with signed_in(browser, library.server, None) as page:
        page.goto("/wissen")
        box = page.get_by_role("combobox", name="Was möchten Sie wissen?")
        box.press_sequentially("beamer bild")
        offers = page.get_by_role("listbox", name="Artikel")
        expect(offers.get_by_role("option").first).to_contain_text("Der Beamer zeigt kein Bild")
        expect(page.locator("#live")).to_contain_text("Artikel.")
        box.press("ArrowDown")
        expect(box).to_have_attribute("aria-activedescendant", "kb-option-1")
        assert violations(page) == []
        box.press("Escape")
        expect(offers).to_be_hidden()
        box.press("ArrowDown")
        expect(offers).to_be_visible()
        box.press("ArrowDown")
        with page.expect_navigation():
            box.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Der Beamer zeigt kein Bild")
        expect(page.get_by_role("navigation", name="Inhalt").get_by_role("link")).to_have_count(3)
        with page.expect_navigation():
            page.get_by_role("button", name="Ja", exact=True).click()
        expect(page.get_by_role("heading", name="Danke, das freut uns.")).to_be_in_viewport()
    with library.server.app.app_context():
        assert db.session.scalar(sa.select(sa.func.sum(ArticleCount.helped))) == 1


@pytest.mark.browser
def test_a_teacher_says_what_was_missing_and_reports_the_fault(browser: Browser, library: Library) -> None:
    with signed_in(browser, library.server, library.teacher, viewport=DESK) as page:
        page.goto("/")
        page.keyboard.press("/")
        page.keyboard.type("beamer bild")
        with page.expect_navigation():
            page.get_by_role("option", name="Der Beamer zeigt kein Bild").click()
        _say_no(page)
        with page.expect_navigation():
            page.get_by_role("link", name="Störung melden", exact=True).last.click()
        assert f"artikel={library.beamer}" in page.url
    with library.server.app.app_context():
        assert db.session.scalars(sa.select(ArticleTask.text)).all() == ["Wo ist die Fernbedienung?"]


def _say_no(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Nein", exact=True).click()
    page.get_by_label("Was hat gefehlt?").fill("Wo ist die Fernbedienung?")
    assert violations(page) == []
    with page.expect_navigation():
        page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_role("heading", name="Danke für Ihren Hinweis.")).to_be_visible()
