"""The shared patterns in a real browser: accessible, usable by keys, and safe against a lost network."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from tests.browser.axe import serving_axe, violations
from tests.browser.conftest import DESK, PHONE
from tests.browser.pattern_pages import PAGES, make_app


class Patterns:
    """The running pages and what was posted to them."""

    def __init__(self) -> None:
        self.received: list[dict[str, object]] = []
        self.server = make_server("127.0.0.1", 0, serving_axe(make_app(self.received)), threaded=True)
        self.url = f"http://127.0.0.1:{self.server.port}"


@pytest.fixture(scope="module")
def patterns() -> Iterator[Patterns]:
    """The pages on a free port."""
    patterns = Patterns()
    thread = threading.Thread(target=patterns.server.serve_forever)
    thread.start()
    yield patterns
    patterns.server.shutdown()
    thread.join()
    patterns.server.server_close()


@pytest.fixture
def context(browser: Browser, patterns: Patterns) -> Iterator[BrowserContext]:
    """A phone with storage of its own."""
    patterns.received.clear()
    context = browser.new_context(viewport=PHONE, locale="de-DE", base_url=patterns.url)
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def phone(context: BrowserContext) -> Page:
    """A page on the phone; an error in a script fails the test."""
    return fresh(context)


def fresh(context: BrowserContext) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    return page


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone-dark", "desk-light"])
def test_every_pattern_is_accessible_and_never_wider_than_the_window(
    browser: Browser, patterns: Patterns, viewport: dict[str, int], scheme: str
) -> None:
    context = browser.new_context(viewport=viewport, color_scheme=scheme, base_url=patterns.url)
    page = context.new_page()
    for name in PAGES:
        page.goto(f"/{name}")
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    context.close()


def test_a_wrong_form_leads_to_its_errors_and_keeps_what_was_typed(phone: Page) -> None:
    phone.goto("/form")
    phone.get_by_label("E-Mail").fill("niemand")
    phone.get_by_role("button", name="Weiter").click()
    summary = phone.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    assert violations(phone) == []
    summary.get_by_role("link", name="E-Mail").click()
    expect(phone.get_by_label("E-Mail")).to_be_focused()
    expect(phone.get_by_label("E-Mail")).to_have_value("niemand")
    expect(phone.get_by_label("E-Mail")).to_have_accessible_description("Das ist keine E-Mail-Adresse.")


def test_pages_work_without_script(browser: Browser, patterns: Patterns) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, base_url=patterns.url)
    page = context.new_page()
    page.goto("/day")
    page.get_by_text("Mehr", exact=True).click()
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
    page.goto("/form")
    page.get_by_label("Was ist kaputt?").fill("Beamer")
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_label("Was ist kaputt?")).to_have_value("Beamer")
    context.close()


def test_keys_reach_the_search_and_walk_through_a_list(phone: Page) -> None:
    phone.goto("/list")
    phone.keyboard.press("j")
    phone.keyboard.press("j")
    phone.keyboard.press("k")
    first = phone.locator("[data-rows] .it-table__link").first
    expect(first).to_be_focused()
    phone.keyboard.press("/")
    expect(phone.get_by_role("combobox", name="Suchen: Störung, Gerät, Schule, Anleitung")).to_be_focused()
    first.focus()
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/record")


def test_single_keys_can_be_switched_off(phone: Page) -> None:
    phone.goto("/list")
    phone.get_by_text("Mehr", exact=True).click()
    phone.get_by_role("button", name="Tastenkürzel ausschalten").click()
    phone.keyboard.press("Escape")
    phone.keyboard.press("j")
    phone.keyboard.press("/")
    expect(phone.get_by_text("Mehr", exact=True).locator("..")).to_be_focused()


def test_the_chosen_look_stays_on_this_device(context: BrowserContext, phone: Page) -> None:
    phone.goto("/landing")
    phone.get_by_text("Mehr", exact=True).click()
    phone.get_by_role("button", name="Dunkle Ansicht").click()
    again = fresh(context)
    again.goto("/landing")
    assert again.evaluate("getComputedStyle(document.body).backgroundColor") == "oklch(0 0 0)"


def test_what_was_done_is_read_out(phone: Page) -> None:
    phone.goto("/landing")
    expect(phone.get_by_role("status")).to_have_text("Störung S-1042 ist gemeldet.")


def test_a_double_tap_sends_a_form_once(phone: Page, patterns: Patterns) -> None:
    phone.goto("/form")
    phone.get_by_role("button", name="Weiter").evaluate("button => { button.click(); button.click(); button.click() }")
    expect(phone.locator("[data-error-summary]")).to_be_visible()
    assert len(patterns.received) == 1


def test_a_draft_survives_a_closed_window_with_its_photos_and_key(
    context: BrowserContext, phone: Page, patterns: Patterns, tmp_path: Path
) -> None:
    phone.goto("/form")
    key = phone.locator("[name=idempotency_key]").input_value()
    phone.get_by_label("Was ist kaputt?").fill("Beamer dunkel")
    phone.get_by_label("WLAN").check()
    phone.get_by_label("Passwort").fill("geheim")
    phone.locator("#photos").set_input_files([large_photo(tmp_path), small_photo(tmp_path)])
    expect(phone.get_by_role("img", name="Foto")).to_have_count(2)
    phone.close()

    again = fresh(context)
    again.goto("/form")
    expect(again.get_by_text("Ihr Entwurf vom")).to_be_visible()
    expect(again.get_by_label("Was ist kaputt?")).to_have_value("Beamer dunkel")
    expect(again.get_by_label("WLAN")).to_be_checked()
    expect(again.get_by_label("Passwort")).to_have_value("")
    again.get_by_role("button", name="Foto 1 entfernen").click()
    again.get_by_role("button", name="Weiter").click()
    expect(again.locator("[data-error-summary]")).to_be_visible()
    assert [sent["idempotency_key"] for sent in patterns.received] == [key]
    assert patterns.received[0]["photos"] == ["klein.png"]

    again.goto("/done")
    again.goto("/form")
    expect(again.get_by_label("Was ist kaputt?")).to_have_value("")
    expect(again.get_by_role("img", name="Foto")).to_have_count(0)


def test_a_large_photo_is_made_smaller_before_it_travels(phone: Page, tmp_path: Path) -> None:
    phone.goto("/form")
    phone.locator("#photos").set_input_files(large_photo(tmp_path))
    expect(phone.get_by_role("img", name="Foto 1")).to_be_visible()
    size = phone.locator("#photos").evaluate(
        "async input => { const p = await createImageBitmap(input.files[0]); return [p.width, p.height] }"
    )
    assert size == [2560, 1920]


def test_without_network_the_form_waits_says_so_and_is_sent_once_when_it_is_back(
    context: BrowserContext, phone: Page, patterns: Patterns
) -> None:
    phone.goto("/form")
    key = phone.locator("[name=idempotency_key]").input_value()
    phone.get_by_label("Was ist kaputt?").fill("Beamer dunkel")
    context.set_offline(True)
    phone.get_by_role("button", name="Weiter").click()
    expect(phone.locator("form").get_by_text("Gerade keine Verbindung.")).to_be_visible()
    phone.get_by_role("button", name="Weiter").click()
    assert patterns.received == []
    context.set_offline(False)
    expect(phone.locator("[data-error-summary]")).to_be_visible()
    assert [(sent["idempotency_key"], sent["title"]) for sent in patterns.received] == [(key, "Beamer dunkel")]


def large_photo(folder: Path) -> Path:
    path = folder / "gross.jpg"
    Image.new("RGB", (4000, 3000), "navy").save(path, "JPEG")
    return path


def small_photo(folder: Path) -> Path:
    path = folder / "klein.png"
    Image.new("RGB", (40, 30), "navy").save(path, "PNG")
    return path
