"""Every page passes axe: of the demo city, of a city in which nothing has happened, and with errors."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from itsm.accounts import queries
from itsm.accounts.models import User
from itsm.core.access import Role
from tests.browser.axe import violations_beside_known_parts, violations_in_every_look
from tests.browser.conftest import Server, city, signed_in
from tests.demo_city import DemoCity
from tests.meta.world import PARTS, World, build
from tests.people import make_user

# What is no page: files, pictures, exports, and the answer for a load balancer.
NO_PAGES = {
    "assets.export_loans",
    "assets.export_csv",
    "assets.export_xlsx",
    "assets.import_problems",
    "assets.import_progress",
    "assets.label_sheets",
    "assets.police_csv",
    "assets.police_pdf",
    "assets.stocktake_csv",
    "assets.stocktake_pdf",
    "assets.export_entitlement",
    "assets.export_sizes",
    "assets.wave_csv",
    "assets.wave_xlsx",
    "claims.letter_paper",
    "claims.letter_preview",
    "claims.round_paper",
    "claims.round_progress",
    "claims.bookings_csv",
    "claims.bookings_xlsx",
    "claims.paper",
    "claims.paper_thumb",
    "claims.statistics_csv",
    "claims.statistics_xlsx",
    "dispatch.day_sheet_pdf",
    "dispatch.effect",
    "dispatch.feed",
    "dispatch.mileage_csv",
    "dispatch.mileage_pdf",
    "dispatch.plan_progress",
    "home.alive",
    "kb.captions",
    "kb.contacts_pdf",
    "kb.edition_pdf",
    "kb.feed",
    "kb.figures_csv",
    "kb.figures_xlsx",
    "kb.live",
    "kb.picture",
    "kb.picture_thumb",
    "kb.poster",
    "kb.sitemap",
    "kb.video",
    "org.export_schools",
    "static.built",
    "tickets.export",
    "tickets.photo",
    "tickets.thumb",
    # Only who drives the visit may; the page is that of dispatch.swap.
    "dispatch.swap_on_visit",
    # Only who handed the article in sees it; test_submission looks at it.
    "kb.submission",
}

OF_EVERYBODY = (
    "accounts.sign_in",
    "accounts.forgotten",
    "accounts.use_link",
    "assets.finder",
    "kb.index",
    "kb.results",
)
# Only whoever leads the school gets these; what else is there the administrator sees.
OF_LEADS = {
    "assets.hand_out",
    "assets.hand_out_class",
    "assets.loan",
    "assets.loan_index",
    "assets.take_back_many",
    "kb.submissions",
    "kb.submit",
}

# Only the claims staff gets these.
OF_CLAIMS = {
    "claims.add_paper",
    "claims.agree_plan",
    "claims.bank_line",
    "claims.bank_statement",
    "claims.bank_statements",
    "claims.book_money",
    "claims.call_in_plan",
    "claims.charge_interest",
    "claims.take_booking_back",
    "claims.adopt_accounts",
    "claims.import_years",
    "claims.desk",
    "claims.desk_block",
    "claims.ask_order",
    "claims.add_debtor",
    "claims.claim",
    "claims.claim_index",
    "claims.confirm_order",
    "claims.edit_debtor",
    "claims.letter_round",
    "claims.letters_of_round",
    "claims.send_letter",
    "claims.lock_orders",
    "claims.new_rules",
    "claims.positions_of",
    "claims.rules",
    "claims.value",
}

# The demo people who see a page in their own way; everything else is seen by the administrator.
LANDING = ("lehrkraft", "medien", "leitung", "campus", "systemhaus", "team", "revision", "admin", "redaktion")
LISTS = ("/", "/stoerungen?tab=alle", "/suche?q=display")

Paths = dict[str, str]
Look = Callable[[Page], list[str]]


def _paths(app: Flask, world: World) -> Paths:
    """Return the address of every page by its endpoint, with things of the small world filled in."""
    paths = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES:
                parts = {name: (PARTS.get(f"{rule.endpoint}:{name}") or PARTS[name])(world) for name in rule.arguments}
                paths[rule.endpoint] = app.url_for(rule.endpoint, **parts)
    # Support staff choose the school first; the form itself is the page to look at.
    return paths | {
        "tickets.report": f"/melden?schule={world.school.id}",
        "claims.report": f"/schaeden/melden?schule={world.school.id}",
    }


@pytest.fixture(scope="module")
def filled(demo_city: DemoCity) -> Iterator[tuple[Server, Paths]]:
    """The demo city, with one of each thing more."""
    with city("filled", Path(demo_city.folder), demo_city.url) as server:
        with server.app.app_context():
            paths = _paths(server.app, build())
        yield server, paths


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, int]]:
    """A city with one administrator and nothing else."""
    with city("empty", tmp_path_factory.mktemp("empty")) as server:
        with server.app.app_context():
            user_id = make_user(Role.ADMINISTRATOR).id
        yield server, user_id


def _user_id(server: Server, name: str) -> int:
    with server.app.app_context():
        user = queries.by_email(f"{name}@example.org")
        assert isinstance(user, User), name
        return user.id


def _report(page: Page, path: str, status: int = 200, look: Look = violations_in_every_look) -> list[str]:
    answer = page.goto(path)
    assert answer is not None
    if answer.status > status:
        return [f"{path}: status {answer.status}"]
    return [f"{path}: {one}" for one in look(page)]


def _as_another(page: Page) -> list[str]:
    """Look at a page that others see in their own way."""
    return violations_in_every_look(page, is_variant=True)


def _walked(page: Page, server: Server, paths: Paths, endpoints: Sequence[str]) -> list[str]:
    """Look at pages as they are, and at the first form of each sent empty.

    What comes back is the page again with its errors: axe is asked if it has a part that no page before had.
    """
    takes_forms = {rule.endpoint for rule in server.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    found: list[str] = []
    for endpoint in endpoints:
        found += _report(page, paths[endpoint])
        if endpoint not in takes_forms:
            continue
        if not page.locator("main form[method=post]").count():
            assert endpoint in FORM_COMES_LATER, paths[endpoint]
            continue
        with page.expect_navigation():
            page.evaluate(_SEND_EMPTY)
        found += [f"{paths[endpoint]} sent empty: {one}" for one in violations_beside_known_parts(page)]
    return found


@pytest.mark.browser
@pytest.mark.parametrize("part", range(5))
def test_every_filled_page_and_every_form_sent_empty_is_accessible(
    browser: Browser, filled: tuple[Server, Paths], part: int
) -> None:
    server, paths = filled
    endpoints = sorted(paths.keys() - OF_LEADS - OF_CLAIMS - {"accounts.sign_in"})[part::5]
    with signed_in(browser, server, _user_id(server, "admin")) as page:
        found = _walked(page, server, paths, endpoints)
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_every_page_of_the_claims_staff_is_accessible_filled_and_sent_empty(
    browser: Browser, filled: tuple[Server, Paths]
) -> None:
    server, paths = filled
    with signed_in(browser, server, _user_id(server, "freigabe")) as page:
        found = _walked(page, server, paths, sorted(OF_CLAIMS)) + _report(page, "/schaeden/bearbeitung?tab=alle")
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_every_page_of_leads_is_accessible_filled_and_sent_empty(
    browser: Browser, filled: tuple[Server, Paths]
) -> None:
    server, paths = filled
    found: list[str] = []
    with signed_in(browser, server, _user_id(server, "ausgabe")) as page:
        for endpoint in sorted(OF_LEADS):
            found += _report(page, paths[endpoint])
            # One stands for all: the fields and their errors are the same.
            if endpoint == "assets.hand_out":
                with page.expect_navigation():
                    page.evaluate(_SEND_EMPTY)
                found += [f"{paths[endpoint]} sent empty: {one}" for one in violations_in_every_look(page)]
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.variant
@pytest.mark.parametrize("person", LANDING)
def test_every_role_has_accessible_lists(browser: Browser, filled: tuple[Server, Paths], person: str) -> None:
    server, _ = filled
    with signed_in(browser, server, _user_id(server, person)) as page:
        found = [one for path in LISTS for one in _report(page, path, look=_as_another)]
    assert not found, "\n".join(found)


@pytest.mark.browser
def test_every_public_page_is_accessible(browser: Browser, filled: tuple[Server, Paths]) -> None:
    server, paths = filled
    with signed_in(browser, server, None) as page:
        found = [one for endpoint in OF_EVERYBODY for one in _report(page, paths[endpoint])]
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.variant
def test_every_page_of_an_empty_city_is_accessible(browser: Browser, empty: tuple[Server, int]) -> None:
    server, user_id = empty
    pages = [
        rule.rule
        for rule in server.app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in NO_PAGES
    ]
    with signed_in(browser, server, user_id) as page:
        # Where there is nobody to plan for or to be away, a sentence says so. One look is enough: what is
        # there is what a filled page has, only less of it; axe is asked where there is a part none of them had.
        found = [
            one
            for path in pages
            if path != "/anmelden"
            for one in _report(page, path, 404, violations_beside_known_parts)
        ]
    assert not found, "\n".join(found)


# What is to be sent shows once a place has been chosen, while the day has stops left, or after the overview of who
# helps has changed.
FORM_COMES_LATER = {
    "claims.agree_plan",
    "dispatch.move_visit",
    "dispatch.plan_ticket",
    "dispatch.end_day",
    "kb.new_edition",
}
_SEND_EMPTY = """() => {
    const form = document.querySelector('main form[method=post]');
    form.querySelectorAll('input:not([type=hidden]), textarea, select').forEach(field => {
        if (field.type === 'checkbox' || field.type === 'radio') field.checked = false; else field.value = '';
    });
    form.noValidate = true;
    HTMLFormElement.prototype.submit.call(form);
}"""


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/gibt/es/nicht", "/stoerungen/999999", "/personen"])
def test_every_refusal_is_an_accessible_page(browser: Browser, filled: tuple[Server, Paths], path: str) -> None:
    server, _ = filled
    with signed_in(browser, server, _user_id(server, "lehrkraft")) as page:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status in (403, 404)
        assert page.locator("h1").count() == 1
        assert violations_in_every_look(page) == []
