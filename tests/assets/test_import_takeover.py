"""A device list meets the device file: what is added, changed, refused and undone."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import scoped_session

from itsm.assets.importing import mapping as mappings
from itsm.assets.importing import undo
from itsm.assets.importing.mapping import from_toml
from itsm.assets.kinds import Kind
from itsm.assets.models import Device, DeviceChange, DeviceImport, Loan
from itsm.assets.service import devices
from itsm.assets.states import State
from itsm.core.access import SYSTEM, Role
from itsm.core.errors import DomainError, NotAllowed
from itsm.org.models import Room
from tests.assets.factories import make_device, make_loan, make_model, make_task
from tests.assets.lists import csv_of, taken_over
from tests.people import MONDAY_9AM, actor_for, make_user
from tests.places import make_room, make_school, make_site

LATER = MONDAY_9AM + timedelta(hours=1)


def device(session: scoped_session, serial: str) -> Device:
    session.expire_all()
    return session.scalars(sa.select(Device).where(Device.serial == serial)).one()


def changes(session: scoped_session, of: Device) -> list[DeviceChange]:
    return list(
        session.scalars(sa.select(DeviceChange).where(DeviceChange.device_id == of.id).order_by(DeviceChange.id))
    )


def test_a_new_device_gets_everything_its_row_says(session: scoped_session) -> None:
    school = make_school()
    outcome = taken_over(
        csv_of(
            "Seriennummer;Gerätenummer;Klasse;Hersteller;Modell;Schule;Raum;Status;Kaufdatum;Kaufpreis;Notiz",
            f'dmp xx0000001;do-1;iPad;Apple;iPad 9;{school.number};2.14;im Einsatz;17.3.26;1.234,56 €;"zwei\nZeilen"',
        )
    )
    assert outcome.problems == []
    assert (outcome.added, outcome.rooms, outcome.models) == (1, 1, 1)
    made = device(session, "DMPXX0000001")
    assert (made.tag, made.kind, made.model.label, made.state) == ("DO-1", Kind.IPAD, "Apple iPad 9", State.IN_USE)
    assert made.school is school
    assert made.site is school.main_site
    assert made.room is not None
    assert made.room.name == "2.14"
    assert (str(made.purchased_on), made.price_cents, made.note) == ("2026-03-17", 123_456, "zwei\nZeilen")
    change = session.scalars(sa.select(DeviceChange)).one()
    assert (change.what, change.after, change.import_id) == ("add", {"state": "in_use"}, outcome.import_id)


def test_a_second_run_changes_nothing_even_without_tags(session: scoped_session) -> None:
    school = make_school()
    rows = [f"SERIAL{n:04};iPad;iPad 9;{school.number};1.{n:02}" for n in range(30)]
    content = csv_of("Seriennummer;Klasse;Modell;Schule;Raum", *rows)
    assert taken_over(content).added == 30
    again = taken_over(content)
    assert (again.unchanged, again.added, again.changed, again.import_id) == (30, 0, 0, None)
    assert device(session, "SERIAL0007").tag == "SERIAL0007"


def test_only_what_is_filled_and_different_is_changed(session: scoped_session) -> None:
    known = make_device(make_school(), note="alt", price_cents=100, serial="KNOWN0001")
    outcome = taken_over(
        csv_of("Seriennummer;Notiz;Preis;Status;Bestellnummer", "known0001;;3,50;in Reparatur;"), partial=True
    )
    assert (outcome.changed, outcome.problems) == (1, [])
    found = device(session, "KNOWN0001")
    assert (found.note, found.price_cents, found.state, found.state_at) == ("alt", 350, State.IN_REPAIR, MONDAY_9AM)
    (change,) = changes(session, known)
    assert (change.what, change.import_id) == ("send-to-repair", outcome.import_id)
    assert change.before == {"price_cents": 100, "state": "in_use"}
    assert change.after == {"price_cents": 350, "state": "in_repair"}


def test_another_school_takes_the_device_to_its_main_building(session: scoped_session) -> None:
    old, new = make_school(), make_school()
    known = make_device(old, room_id=make_room(old.places[0].site).id, serial="KNOWN0001")
    taken_over(csv_of("Seriennummer;Schule", f"KNOWN0001;{new.name}"))
    found = device(session, "KNOWN0001")
    assert (found.school, found.site, found.room) == (new, new.main_site, None)
    assert changes(session, known)[0].after["room_id"] is None


def test_a_room_of_another_building_is_found_and_a_missing_one_made_in_the_main_one(session: scoped_session) -> None:
    school, annex = make_school(), make_site()
    school.places.append(type(school.places[0])(site=annex))
    known = make_room(annex, "Aula")
    taken_over(
        csv_of(
            "Seriennummer;Klasse;Modell;Schule;Raum",
            f"SERIAL0001;Beamer;X;{school.number};aula",
            f"SERIAL0002;Beamer;X;{school.number};Mensa",
        )
    )
    assert device(session, "SERIAL0001").room is known
    made = device(session, "SERIAL0002").room
    assert made is not None
    assert (made.name, made.site) == ("Mensa", school.main_site)


def test_the_s_of_a_scanner_goes_only_if_the_rest_is_known(session: scoped_session) -> None:
    make_device(make_school(), serial="CANNED0001")
    outcome = taken_over(csv_of("Seriennummer;Klasse;Modell;Notiz", "SCANNED0001;iPad;X;alt", "SUNKNOWN1;iPad;X;neu"))
    assert (outcome.added, outcome.changed) == (1, 1)
    assert device(session, "CANNED0001").note == "alt"
    assert device(session, "SUNKNOWN1").note == "neu"


def test_devices_find_their_new_case_and_swap_places(session: scoped_session) -> None:
    school = make_school().number
    head = "Seriennummer;Gerätenummer;Klasse;Modell;Schule;Koffer;Platz"
    taken_over(
        csv_of(
            head,
            f"SERIAL0001;;iPad;X;{school};K-1;1",
            f"SERIAL0002;;iPad;X;{school};K-1;2",
            f";K-1;Ladekoffer;Parat;{school};;",
        )
    )
    case = session.scalars(sa.select(Device).where(Device.tag == "K-1")).one()
    assert [(device(session, f"SERIAL000{n}").case_id, device(session, f"SERIAL000{n}").slot) for n in (1, 2)] == [
        (case.id, 1),
        (case.id, 2),
    ]
    outcome = taken_over(csv_of(head, "SERIAL0001;;;;;K-1;2", "SERIAL0002;;;;;K-1;1"))
    assert (outcome.changed, outcome.problems) == (2, [])
    assert device(session, "SERIAL0001").slot == 2


ROWS = {
    "a bad serial number": ("KURZ;;iPad;X;{school};;;", "„KURZ“ ist keine Seriennummer"),
    "no number at all": (";;iPad;X;{school};;;", "weder eine Seriennummer noch eine Gerätenummer"),
    "a bad tag": ("SERIAL0009;ä!;iPad;X;{school};;;", "ist keine Gerätenummer"),
    "twice in the list": ("SERIAL0001;;iPad;X;{school};;;", "schon in Zeile 2"),
    "the tag of another": ("SERIAL0009;TAKEN;iPad;X;{school};;;", "hat schon ein anderes Gerät"),
    "an unknown school": ("SERIAL0009;;iPad;X;123456;;;", "Eine Schule „123456“ gibt es nicht"),
    "a new device without model": ("SERIAL0009;;;;{school};;;", "nennt kein Modell"),
    "an unknown model without class": ("SERIAL0009;;;Neu 1;{school};;;", "nennt keine Geräteklasse"),
    "an unknown class": ("SERIAL0009;;Toaster;X;{school};;;", "Die Geräteklasse „Toaster“"),
    "a bad day": ("SERIAL0009;;iPad;X;{school};31.2.2026;;", "ist kein Datum"),
    "in service before the purchase": ("SERIAL0009;;iPad;X;{school};2.3.2026;1.3.2026;", "bevor es gekauft wurde"),
    "a bad price": ("SERIAL0009;;iPad;X;{school};;;viel", "„viel“ ist kein Preis"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_row_that_breaks_a_rule_is_named_with_its_line(session: scoped_session, case: str) -> None:
    row, words = ROWS[case]
    school = make_school()
    make_device(school, tag="TAKEN", serial="OTHER00001")
    content = csv_of(
        "Seriennummer;Gerätenummer;Klasse;Modell;Schule;Kaufdatum;In Betrieb seit;Preis",
        f"SERIAL0001;;iPad;X;{school.number};;;",
        row.format(school=school.number),
    )
    refused = taken_over(content)
    assert [one.line for one in refused.problems] == [3]
    assert words in refused.problems[0].sentence
    assert refused.import_id is None
    partial = taken_over(content, partial=True)
    assert (partial.added, partial.rejected) == (1, 1)
    assert session.get_one(DeviceImport, partial.import_id).rejected == 1


def test_a_case_that_was_refused_takes_its_devices_with_it(session: scoped_session) -> None:
    outcome = taken_over(
        csv_of(
            "Gerätenummer;Klasse;Modell;Schule;Koffer;Kaufdatum;In Betrieb seit",
            "K-1;Ladekoffer;X;;;2.2.2026;1.2.2026",
            "I-1;iPad;Y;;K-1;;",
            "I-2;iPad;Y;;;;",
        ),
        partial=True,
    )
    assert (outcome.added, [one.line for one in outcome.problems]) == (1, [2, 3])


def test_a_state_changes_by_an_allowed_move_only(session: scoped_session) -> None:
    make_device(make_school(), serial="KNOWN0001", state=State.DISPOSED)
    outcome = taken_over(csv_of("Seriennummer;Status", "KNOWN0001;im Einsatz"))
    assert outcome.problems[0].sentence == "Ein Gerät wird nicht von „entsorgt“ zu „im Einsatz“."


def test_a_device_that_is_handed_out_keeps_its_state_and_school(session: scoped_session) -> None:
    make_loan(make_device(make_school(), serial="KNOWN0001"))
    outcome = taken_over(csv_of("Seriennummer;Status;Schule", f"KNOWN0001;im Lager;{make_school().number}"))
    assert "ist ausgegeben" in outcome.problems[0].sentence


def test_holders_are_read_only_if_the_mapping_asks_for_them(session: scoped_session) -> None:
    school, teacher = make_school(), make_user(Role.REPORTER, email="t@example.org")
    content = csv_of(
        "Seriennummer;Klasse;Modell;Schule;Wer;Mail", f"SERIAL0001;Laptop;X;{school.number};A. B.;T@example.org"
    )
    taken_over(content)
    assert session.scalars(sa.select(Loan)).all() == []
    asking = from_toml('[columns]\nserial = "Seriennummer"\nholder = "Wer"\nholder_email = "Mail"\n')
    taken_over(content, asking)
    loan = session.scalars(sa.select(Loan)).one()
    assert (loan.holder_name, loan.user_id, loan.school_id) == ("A. B.", teacher.id, school.id)
    assert device(session, "SERIAL0001").state is State.LENT
    assert taken_over(content, asking).changed == 0
    assert all("A. B." not in f"{one.before}{one.after}{one.text}" for one in session.scalars(sa.select(DeviceChange)))


def test_only_who_may_import_does(session: scoped_session) -> None:
    manager = actor_for(make_user(Role.CAMPUS_MANAGER))
    with pytest.raises(NotAllowed):
        undo.undo_last(manager, LATER)


def test_undo_deletes_what_was_added_and_puts_back_what_was_changed(session: scoped_session) -> None:
    school = make_school()
    room = make_room(school.places[0].site)
    make_device(school, serial="KNOWN0001", room_id=room.id, note="alt", purchased_on=date(2021, 1, 1))
    taken_over(
        csv_of(
            "Seriennummer;Klasse;Modell;Schule;Notiz;Kaufdatum;Status",
            f"KNOWN0001;;;{make_school().number};neu;1.2.2021;im Lager",
            f"SERIAL0001;iPad;X;{school.number};;;",
        )
    )
    done = undo.undo_last(SYSTEM, LATER)
    assert (done.deleted, done.restored, done.left) == (1, 1, [])
    found = device(session, "KNOWN0001")
    assert (found.school, found.room, found.note, found.state) == (school, room, "alt", State.IN_USE)
    assert found.purchased_on == date(2021, 1, 1)
    assert changes(session, found)[-1].what == "undo-import"
    with pytest.raises(DomainError, match="schon zurückgenommen"):
        undo.undo_last(SYSTEM, LATER)


def test_undo_leaves_and_names_what_somebody_has_touched_since(session: scoped_session) -> None:
    school = make_school()
    make_device(school, tag="OLD", serial="KNOWN0001")
    rows = [f"SERIAL000{n};iPad;X;{school.number};neu" for n in range(4)]
    taken_over(csv_of("Seriennummer;Klasse;Modell;Schule;Notiz", *rows, "KNOWN0001;;;;neu"))
    devices.edit(SYSTEM, device(session, "SERIAL0000"), {"note": "meins"}, LATER)
    devices.edit(SYSTEM, device(session, "KNOWN0001"), {"note": "meins"}, LATER)
    make_task(device(session, "SERIAL0001"))
    make_loan(device(session, "SERIAL0002"), handed_out_at=LATER)
    done = undo.undo_last(SYSTEM, LATER)
    assert done.deleted == 1
    assert done.left == ["OLD", "SERIAL0000", "SERIAL0001", "SERIAL0002"]
    assert device(session, "KNOWN0001").note == "meins"


def test_undo_keeps_a_number_that_somebody_else_has_by_now(session: scoped_session) -> None:
    school = make_school()
    make_device(school, tag="OLD", serial="KNOWN0001")
    taken_over(csv_of("Seriennummer;Gerätenummer", "KNOWN0001;NEW"))
    make_device(school, tag="OLD")
    assert undo.undo_last(SYSTEM, LATER).left == ["NEW"]


def test_undo_without_a_list_says_so(session: scoped_session) -> None:
    with pytest.raises(DomainError, match="noch keine Geräteliste"):
        undo.undo_last(SYSTEM, LATER)


JAMF = b"""{"devices": [
 {"UDID": "U1", "serialNumber": "DMPXX0000001", "assetTag": "A-1", "inTrash": false, "name": "%s-iPad-001",
  "model": {"name": "iPad (9. Generation)", "identifier": "iPad12,1", "type": "iPad"}, "notes": ""},
 {"UDID": "U2", "serialNumber": "DMPXX0000002", "assetTag": "A-2", "inTrash": true, "name": "x",
  "model": {"name": "iPad (9. Generation)", "identifier": "iPad12,1", "type": "iPad"}, "notes": ""}]}"""


def test_jamf_school_names_the_school_inside_and_its_rubbish_is_skipped(session: scoped_session) -> None:
    school = make_school()
    outcome = taken_over(JAMF % school.number.encode())
    assert (outcome.mapping, outcome.added, outcome.skipped, outcome.problems) == ("jamf-school", 1, 1, [])
    made = device(session, "DMPXX0000001")
    assert (made.school, made.mdm_id, made.model.identifier, made.model.maker) == (school, "U1", "iPad12,1", "Apple")


def test_placeholders_get_a_model_and_lie_in_stock(session: scoped_session) -> None:
    school = make_school()
    content = csv_of("SerialNumber,Identification,AssetTag,AssignToUser", f"DMPXX0000001,{school.number}-001,A-1,")
    assert taken_over(content).mapping == "jamf-platzhalter"
    made = device(session, "DMPXX0000001")
    assert (made.school, made.state, made.model.label) == (school, State.IN_STOCK, "Apple iPad")


def test_glpi_brings_the_money_too(session: scoped_session) -> None:
    school = make_school()
    money = "Financial and administrative information - "
    content = csv_of(
        f"Name;Entity;Status;Manufacturer;Serial number;Type;Model;Location;{money}Date of purchase;{money}Value",
        f"x;Stadt > {school.number} Schule;In use;Lenovo;PF3ABCDE;Notebook;L13;2.14;2026-03-17;1049.5000",
    )
    assert taken_over(content).mapping == "glpi"
    made = device(session, "PF3ABCDE")
    assert (made.school, made.kind, made.price_cents, str(made.purchased_on)) == (
        school,
        Kind.LAPTOP,
        104_950,
        "2026-03-17",
    )


def test_snipe_it_is_recognised_by_its_header(session: scoped_session, shared: object) -> None:
    content = (shared / "data/formate/snipeit_assets_sample.csv").read_bytes()  # type: ignore[operator]
    outcome = taken_over(content)
    assert (outcome.mapping, outcome.rejected) == ("snipe-it", 2)
    assert all("Schule" in one.sentence for one in outcome.problems)


def test_a_mapping_says_the_same_after_it_was_written_down() -> None:
    for one in mappings.ready().values():
        again = from_toml(one.as_toml(), one.name)
        assert (again.columns, again.kinds, again.states, again.skip, again.defaults) == (
            one.columns,
            one.kinds,
            one.states,
            one.skip,
            one.defaults,
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "kein gültiges TOML"),
        ("title = 'x'", "fehlt der Abschnitt [columns]"),
        ("[columns]\nfarbe = 'x'", "„farbe“"),
        ("[columns]\nserial = 5", "braucht „serial“ den Namen"),
        ("[columns]\nserial = 'x'\n[kinds]\nx = 'toaster'", "„toaster“"),
        ("[columns]\nserial = 'x'\n[defaults]\ntag = 'x'", "„tag“"),
        ("colums = 1", "„colums“"),
    ],
)
def test_a_mapping_that_says_something_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(DomainError) as error:
        from_toml(text)
    assert words in error.value.sentence


def test_a_header_that_could_mean_two_columns_is_unclear() -> None:
    mapping, unclear = mappings.propose(["Seriennummer", "SN", "Modell", "Farbe"])
    assert (mapping.columns["model"], unclear) == (("Modell",), {"serial": ["Seriennummer", "SN"]})


def test_a_known_model_is_found_by_its_name(session: scoped_session) -> None:
    model = make_model(Kind.DISPLAY, maker="Prowise", name="Touch 75")
    taken_over(csv_of("Gerätenummer;Modell", "D-1;touch 75"))
    assert session.scalars(sa.select(Device.model_id)).one() == model.id
    assert session.scalars(sa.select(Room)).all() == []
