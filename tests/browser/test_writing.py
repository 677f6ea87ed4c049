"""An editor writes: the preview follows, pictures are pasted and dropped, and what was typed is there again."""

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from itsm.core.access import Role
from tests.browser.axe import violations
from tests.browser.conftest import DESK, Server, city, signed_in
from tests.kb.factories import make_draft
from tests.people import make_user

# What the clipboard and the desk hand over.
_HAND_OVER = """(field, [name, content]) => {
    const bytes = Uint8Array.from(atob(content), sign => sign.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'kabel.png', {type: 'image/png'}));
    const more = {bubbles: true, cancelable: true};
    const [Kind, key] = name === 'paste' ? [ClipboardEvent, 'clipboardData'] : [DragEvent, 'dataTransfer'];
    field.dispatchEvent(new Kind(name, {[key]: data, ...more}));
}"""


@dataclass(frozen=True)
class Desk:
    """A running city, an editor, and the article on the desk."""

    server: Server
    editor: int
    article: int


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with city("writing", tmp_path) as server, server.app.app_context():
        yield Desk(server, make_user(Role.KB_EDITOR).id, make_draft("Beamer bleibt dunkel").id)


def _png() -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _describe(page: Page, words: str) -> None:
    page.get_by_label("Was ist auf dem Bild zu sehen?").fill(words)
    page.get_by_role("button", name="Einfügen").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.browser
def test_an_article_is_written_with_pictures_and_nothing_typed_is_lost(browser: Browser, desk: Desk) -> None:
    with signed_in(browser, desk.server, desk.editor, viewport=DESK) as page:
        page.goto(f"/wissen/{desk.article}/bearbeiten")
        body, preview = page.get_by_label("Text", exact=True), page.locator("[data-preview]")
        body.fill("")
        page.get_by_role("button", name="Schritte").click()
        expect(preview.get_by_text("Erster Schritt")).to_be_visible()
        for name in ("paste", "drop"):
            body.evaluate(_HAND_OVER, [name, _png()])
            if name == "paste":
                page.get_by_role("button", name="Einfügen").click()
                expect(page.get_by_role("alert")).to_contain_text("Bitte beschreiben Sie das Bild")
                assert violations(page) == []
            _describe(page, f"Kabel: {name}")
            expect(preview.get_by_role("img", name=f"Kabel: {name}")).to_be_visible()
        expect(page.locator("[data-draft-note]")).to_contain_text("Zwischengespeichert")
        with page.expect_response("**/entwurf*"):
            body.press("End")
            body.type(" ")
        page.reload()
        expect(page.get_by_text("Nicht gespeicherter Stand")).to_be_visible()
        assert body.input_value().count("(bild:") == 2
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        page.get_by_role("button", name="Vorschau").click()
        expect(body).to_be_hidden()
        expect(preview.get_by_role("img")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        with page.expect_navigation():
            page.get_by_role("button", name="Speichern", exact=True).click()
        expect(page.get_by_role("main").get_by_text("Gespeichert.")).to_be_visible()
