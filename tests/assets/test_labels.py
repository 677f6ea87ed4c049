"""Sheets of labels and the list for the police: where things stand, and what they say."""

import json
from datetime import date
from io import BytesIO

import pytest
import segno
import typst
from PIL import Image
from sqlalchemy.orm import scoped_session

from itsm.assets import labels, police_list
from itsm.assets.chosen import Choice, count, devices
from itsm.assets.kinds import Kind
from itsm.assets.label_formats import GRIDS, PAGE_HEIGHT_MM, PAGE_WIDTH_MM, Format
from itsm.assets.models import Device
from itsm.assets.police_list import Head
from itsm.assets.states import GONE, State
from itsm.core import pdf
from itsm.core.access import Role
from itsm.core.errors import DomainError
from tests.assets.factories import make_device, make_model
from tests.people import MONDAY, MONDAY_9AM, actor_for, make_user
from tests.places import make_room, make_school

CITY = "Stadt Dortmund"
DOTS_PER_MM = 12


def address_of(device: Device) -> str:
    return f"https://schul-it.example.org/g/{device.tag}"


@pytest.mark.parametrize("sheet", Format)
def test_the_labels_of_a_sheet_stay_on_it_and_apart(sheet: Format) -> None:
    grid = GRIDS[sheet]
    first, last = grid.corner_mm(0), grid.corner_mm(grid.labels - 1)
    assert first[0] >= 0 and first[1] > 4
    assert last[0] + grid.width_mm == pytest.approx(PAGE_WIDTH_MM - first[0])
    assert last[1] + grid.height_mm == pytest.approx(PAGE_HEIGHT_MM - first[1])
    assert grid.corner_mm(1)[0] - first[0] >= grid.width_mm


@pytest.mark.parametrize(
    ("sheet", "labels_on_it", "left", "top"),
    [
        (Format.L4732, 80, 11.0, 13.1),
        (Format.L4778, 48, 9.8, 21.5),
        (Format.L6011, 27, 7.2, 15.2),
        (Format.L4773, 24, 7.2, 13.0),
        (Format.Z3490, 24, 0.0, 4.5),
    ],
)
def test_a_grid_begins_where_the_makers_template_does(
    sheet: Format, labels_on_it: int, left: float, top: float
) -> None:
    assert GRIDS[sheet].labels == labels_on_it
    assert GRIDS[sheet].corner_mm(0) == pytest.approx((left, top), abs=0.06)


def test_the_code_on_the_paper_is_the_address_of_the_device(session: scoped_session) -> None:
    device = make_device()
    data = labels.layout([device], Format.L6011, 5, CITY, address_of)
    picture = Image.open(
        BytesIO(
            typst.compile(
                labels.TEMPLATE,
                sys_inputs={"data": data},
                format="png",
                ppi=25.4 * DOTS_PER_MM,
                ignore_system_fonts=True,
            )
        )
    ).convert("L")
    grid, expected = GRIDS[Format.L6011], segno.make_qr(address_of(device), error="m", boost_error=False)
    (x, y), modules = grid.corner_mm(4), len(expected.matrix) + 8
    module = grid.height_mm / modules
    found = [
        [_is_dark(picture, x + (column + 4.5) * module, y + (row + 4.5) * module) for column in range(modules - 8)]
        for row in range(modules - 8)
    ]
    assert found == [list(row) for row in expected.matrix]


def _is_dark(picture: Image.Image, x_mm: float, y_mm: float) -> bool:
    return picture.getpixel((round(x_mm * DOTS_PER_MM), round(y_mm * DOTS_PER_MM))) < 128


def test_a_used_sheet_is_filled_up_and_the_rest_begins_the_next_one(session: scoped_session) -> None:
    found = [make_device() for _ in range(3)]
    assert _pages(found, first=23) == [0, 0, 1]
    assert _pages(found, first=1) == [0, 0, 0]


def _pages(found: list[Device], first: int) -> list[int]:
    return [
        label["page"] for label in json.loads(labels.layout(found, Format.L4773, first, CITY, address_of))["labels"]
    ]


@pytest.mark.parametrize("first", [0, -1, 25])
def test_a_place_the_sheet_does_not_have_is_a_sentence(session: scoped_session, first: int) -> None:
    with pytest.raises(DomainError, match="Plätze 1 bis 24"):
        labels.write([make_device()], Format.L4773, first, CITY, address_of)


@pytest.mark.parametrize("sheet", Format)
def test_the_longest_words_are_words_and_no_markup(session: scoped_session, sheet: Format) -> None:
    school = make_school(name='#panic("x") *Schule* $x$ \\ ' + "Donaudampfschifffahrtsgesellschaftskapitän" * 4)
    stock = make_device(school_id=None, tag="X" * 40)
    stock.school = None
    paper = labels.write([make_device(school), stock], sheet, 1, CITY, address_of)
    assert paper.startswith(b"%PDF-") and b"pdfuaid" in paper


def test_chosen_are_the_ticked_devices_or_a_part_of_the_list(session: scoped_session) -> None:
    school = make_school()
    room = make_room(school.main_site)
    lead = actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=school.id))
    here, there = make_device(school, room=room), make_device(school, state=State.STOLEN)
    foreign = make_device()
    assert list(devices(lead, Choice(), MONDAY, 9)) == [here, there]
    assert list(devices(lead, Choice(line="raum:2.14"), MONDAY, 9)) == [here]
    assert list(devices(lead, Choice(tab="weg"), MONDAY, 9)) == [there]
    assert list(devices(lead, Choice(states=GONE), MONDAY, 9)) == [there]
    assert list(devices(lead, Choice(ids=(here.id, foreign.id, 10**12)), MONDAY, 9)) == [here]
    assert count(lead, Choice(ids=(foreign.id,)), MONDAY) == 0


def test_nothing_chosen_and_too_much_chosen_are_sentences(session: scoped_session) -> None:
    school = make_school()
    lead = actor_for(make_user(Role.MEDIA_COORDINATOR, school_id=school.id))
    with pytest.raises(DomainError, match="kein Gerät"):
        devices(lead, Choice(), MONDAY, 2)
    for _ in range(2):
        make_device(school)
    assert len(devices(lead, Choice(), MONDAY, 2)) == 2
    make_device(school)
    with pytest.raises(DomainError, match="höchstens 2"):
        devices(lead, Choice(), MONDAY, 2)


def test_the_police_reads_numbers_model_price_and_value_of_the_day(session: scoped_session) -> None:
    model = make_model(Kind.IPAD, name="iPad 9", price_cents=50_000)
    begun = date(2024, 5, 1)
    school = make_school(name="Sonnenschule")
    known = make_device(school, model=model, price_cents=60_000, in_service_on=begun, state=State.STOLEN)
    unknown = make_device(school, model=model, price_cents=None, serial=None, in_service_on=begun, state=State.LOST)
    assert police_list.rows([known, unknown], MONDAY_9AM) == [
        [known.tag, known.serial, "iPad", "Apple iPad 9", "Sonnenschule", "gestohlen", "600,00", "300,00"],
        [unknown.tag, "unbekannt", "iPad", "Apple iPad 9", "Sonnenschule", "verloren", "unbekannt", "250,00"],
    ]
    sheet = police_list.sheet([known, unknown], Head("Einbruch", "ST/1/26"), "Mara Nord", CITY, MONDAY_9AM)
    assert sheet.end == ["Zusammen: 2 Geräte, Kaufpreis 600 €, Zeitwert 550 €."]
    assert {"Anlass: Einbruch", "Aktenzeichen: ST/1/26"} <= set(sheet.lead)
    assert b"pdfuaid" in pdf.write(sheet)
