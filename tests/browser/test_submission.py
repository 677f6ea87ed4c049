"""A school hands in an article; one editor takes it over and edits it, another one publishes it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from itsm.core.access import Role
from tests.browser.axe import violations_in_every_look
from tests.browser.conftest import DESK, Server, city, signed_in
from tests.people import make_user
from tests.places import make_school


class Desk(NamedTuple):
    """Somebody of a school, and two editors."""

    server: Server
    school: str
    author_id: int
    writer_id: int
    publisher_id: int


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with city("submission", tmp_path_factory.mktemp("submission")) as server:
        with server.app.app_context():
            school = make_school()
            people = (
                make_user(Role.REPORTER, school_id=school.id).id,
                make_user(Role.KB_EDITOR, name="Kim Schreibt").id,
                make_user(Role.KB_EDITOR, name="Noa Prüft").id,
            )
            found = Desk(server, school.name, *people)
        yield found


def _press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def _open(page: Page, title: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=title).first.click()


@pytest.mark.browser
def test_an_article_of_a_school_is_published_by_another_person_than_the_one_who_edited_it(
    browser: Browser, desk: Desk
) -> None:
    with signed_in(browser, desk.server, desk.author_id) as page:
        page.goto("/wissen")
        _open(page, "Artikel einreichen")
        page.get_by_label("Worum geht es?").fill("Beamer ohne Ton")
        page.get_by_label("Ihr Text").fill("Den Ton am Rechner auf HDMI umstellen.")
        page.get_by_text("Unter dem Artikel darf").click()
        _press(page, "Einreichen")
        assert page.get_by_text("Vielen Dank!").is_visible()
        assert not violations_in_every_look(page)
        proposal = page.url

    with signed_in(browser, desk.server, desk.writer_id, viewport=DESK) as page:
        page.goto("/")
        _open(page, "Redaktion")
        _open(page, "Beamer ohne Ton")
        page.get_by_label("Ihr Dank an die Schule").fill("Danke, das fehlte uns.")
        _press(page, "Mit Dank übernehmen")
        _open(page, "Bearbeiten")
        page.get_by_label("Titel", exact=True).fill("Beamer oder Display ohne Ton")
        _press(page, "Speichern")
        page.goto(proposal.replace("einreichungen/", "") + "/redaktion")
        _press(page, "Zur Prüfung geben")
        assert page.get_by_role("button", name="Veröffentlichen").count() == 0
        assert page.get_by_text("Bitte geben Sie den Artikel Noa Prüft zum Prüfen").is_visible()

    with signed_in(browser, desk.server, desk.publisher_id, viewport=DESK) as page:
        page.goto("/")
        _open(page, "Prüfen")
        _press(page, "Veröffentlichen")
        assert not violations_in_every_look(page)

    with signed_in(browser, desk.server, desk.author_id) as page:
        page.goto(proposal)
        assert page.get_by_text("Danke, das fehlte uns.").is_visible()
        _open(page, "Artikel lesen")
        assert page.get_by_role("heading", name="Beamer oder Display ohne Ton").is_visible()
        assert page.get_by_text(f"Eingereicht von: {desk.school}").is_visible()
