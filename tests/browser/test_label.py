"""From the label on a device to the ticket about it, and the camera that reads it."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
import segno
import typst
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from itsm.assets import labels
from itsm.assets.label_formats import Format
from itsm.assets.models import Device
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.static import asset
from itsm.tickets import seed
from tests.assets.factories import make_device, make_model
from tests.browser.axe import violations, violations_in_every_look
from tests.browser.conftest import CHROMIUM, DESK, FLAGS, Server, city, signed_in
from tests.people import make_user
from tests.places import make_district, make_room, make_school

TAG = "IPAD-2022-00001"
# Draws a picture and returns the text of the code in it.
READ = """async (source) => {
    const picture = new Image(); picture.src = source; await picture.decode();
    const canvas = new OffscreenCanvas(picture.width, picture.height), pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0);
    const {data, width, height} = pen.getImageData(0, 0, canvas.width, canvas.height);
    return window.readQr(data, width, height).data;
}"""


@dataclass(frozen=True)
class School:
    """A running city with a school, its people, and one device in room 2.14."""

    server: Server
    teacher: int
    manager: int
    site: int
    device: int


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """One school for all tests of this file."""
    with city("label", tmp_path_factory.mktemp("label")) as server, server.app.app_context():
        seed.seed(db.session())
        school = make_school(make_district("Nord"), name="Sonnenschule")
        room = make_room(school.main_site, "2.14")
        device = make_device(school, model=make_model(name="iPad 9"), tag=TAG, room=room)
        yield School(
            server,
            teacher=make_user(Role.REPORTER, school_id=school.id, name="Tom Lehrer").id,
            manager=make_user(Role.CAMPUS_MANAGER, district_id=school.district_id, name="Mara Nord").id,
            site=device.site_id or 0,
            device=device.id,
        )


def _picture_of_the_label(school: School) -> bytes:
    """The sheet the PDF is made of, as a picture."""
    device = db.session.get_one(Device, school.device)
    data = labels.layout([device], Format.L4773, 1, "Stadt Dortmund", lambda one: f"{school.server.url}/g/{one.tag}")
    return bytes(
        typst.compile(labels.TEMPLATE, sys_inputs={"data": data}, format="png", ppi=144, ignore_system_fonts=True)
    )


def _print(page: Page, school: School) -> str:
    """Print the label and return the address a camera reads on it."""
    page.goto(f"/geraete/aufkleber?ids={school.device}")
    with page.expect_download() as download:
        page.get_by_role("button", name="PDF laden").click()
    assert download.value.suggested_filename == "aufkleber.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    page.add_script_tag(url=asset("qr.js"))
    picture = b64encode(_picture_of_the_label(school)).decode()
    return str(page.evaluate(READ, f"data:image/png;base64,{picture}"))


@pytest.mark.browser
def test_a_printed_label_leads_a_teacher_to_a_report_about_the_device(browser: Browser, school: School) -> None:
    with signed_in(browser, school.server, school.manager, viewport=DESK) as page:
        address = _print(page, school)
    assert address == f"{school.server.url}/g/{TAG}"

    with signed_in(browser, school.server, school.teacher) as page:
        page.goto(address)
        expect(page).to_have_url(f"{school.server.url}/melden?geraet={TAG}")
        expect(page.get_by_text("Sonnenschule")).to_be_visible()
        expect(page.get_by_role("checkbox", name=TAG)).to_be_checked()
        expect(page.locator("input[name=room]")).to_have_value("2.14")
        expect(page.locator("input[name=site]")).to_have_value(str(school.site))
        page.get_by_label("nur eingeschränkt").check()
        page.get_by_label("Was ist passiert?").fill("Lädt nicht mehr.")
        with page.expect_navigation():
            page.get_by_role("button", name="Weiter", exact=True).click()
        with page.expect_navigation():
            page.get_by_role("button", name="Ich komme nicht weiter").click()
        with page.expect_navigation():
            page.get_by_role("link", name="Zur Störung").click()
        expect(page.get_by_text(TAG).first).to_be_visible()
        expect(page.get_by_text("2.14").first).to_be_visible()


@pytest.mark.browser
def test_a_finder_can_call_with_one_tap(browser: Browser, school: School) -> None:
    with signed_in(browser, school.server, None) as page:
        page.goto(f"/g/{TAG}")
        call = page.get_by_role("link", name="Anrufen")
        box = call.bounding_box()
        assert call.get_attribute("href") == "tel:115"
        assert box is not None
        assert box["height"] >= 56
        assert violations_in_every_look(page) == []


@pytest.fixture
def film(tmp_path: Path, school: School) -> Path:
    """What the camera of the test sees: the code of the label, larger than life."""
    drawn = BytesIO()
    segno.make_qr(f"{school.server.url}/g/{TAG}", error="m").save(drawn, kind="png", scale=9)
    frame, jpeg = Image.new("RGB", (640, 480), "white"), BytesIO()
    frame.paste(Image.open(drawn).convert("RGB"), (120, 60))
    frame.save(jpeg, "JPEG", quality=90)
    path = tmp_path / "camera.mjpeg"
    path.write_bytes(jpeg.getvalue() * 3)
    return path


@pytest.mark.browser
def test_the_camera_reads_the_label_tells_the_page_or_sends_the_form(
    browser: Browser, school: School, film: Path
) -> None:
    flags = [*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    flags.append(f"--use-file-for-fake-video-capture={film}")
    seeing = browser.browser_type.launch(executable_path=CHROMIUM, args=flags)
    with signed_in(seeing, school.server, school.teacher, permissions=["camera"]) as page:
        page.goto("/scannen")
        field, scan = (
            page.get_by_role("textbox", name="Gerätenummer oder Seriennummer"),
            page.get_by_role("button", name="Scannen"),
        )
        field.evaluate(
            """field => {
                field.dataset.scan = "many";
                field.addEventListener("scanned", ({detail}) => detail.say(`${detail.text} ist da`));
            }"""
        )
        scan.click()
        expect(page.get_by_role("dialog")).to_contain_text(f"{TAG} ist da")
        page.get_by_role("button", name="Schließen").click()
        field.evaluate("field => { field.dataset.scan = 'submit'; }")
        with page.expect_navigation(url=f"**/melden?geraet={TAG}"):
            scan.click()
    seeing.close()


@pytest.mark.browser
def test_without_a_camera_the_window_says_what_to_do_and_escape_closes_it(browser: Browser, school: School) -> None:
    with signed_in(browser, school.server, school.teacher) as page:
        page.goto("/scannen")
        page.get_by_role("button", name="Scannen").click()
        expect(page.get_by_role("dialog")).to_contain_text("tippen Sie die Nummer ein")
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("textbox", name="Gerätenummer oder Seriennummer").fill(TAG.lower())
        with page.expect_navigation(url=f"**/melden?geraet={TAG}"):
            page.keyboard.press("Enter")
