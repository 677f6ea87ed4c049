"""Papers of a case: what may be kept, how it lies on the disk, who reads it."""

import hashlib
import io

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import scoped_session

from itsm.claims import papers as files
from itsm.claims.models import DamageCase, Paper, PaperKind
from itsm.claims.papers import Upload
from itsm.claims.service import papers
from itsm.claims.states import State
from itsm.core.access import Role
from itsm.core.db import db
from itsm.core.errors import DomainError, NotAllowed, NotFound
from tests.claims.factories import in_state, make_case
from tests.people import MONDAY_9AM, actor_for, make_user, sign_in
from tests.places import make_school

PDF = Upload("Kostenvoranschlag Müller.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")


def jpeg(name: str = "Foto von Lena.jpg") -> Upload:
    """A photo with a place and a camera in its notes."""
    buffer = io.BytesIO()
    image = Image.new("RGB", (40, 30), "red")
    notes = image.getexif()
    notes[0x010F] = "Kamera von Lena"
    image.save(buffer, "JPEG", exif=notes)
    return Upload(name, buffer.getvalue())


@pytest.fixture
def case(session: scoped_session) -> DamageCase:
    return make_case()


def keep(case: DamageCase, kind: PaperKind, upload: Upload, role: Role = Role.CLAIMS_CLERK) -> Paper:
    paper = papers.keep(actor_for(make_user(role)), case, kind, upload, MONDAY_9AM)
    db.session.commit()
    return paper


def test_a_photo_is_kept_without_the_cameras_notes_and_without_its_name(case: DamageCase) -> None:
    sent = jpeg()
    paper = keep(case, PaperKind.PHOTO, sent)
    assert (paper.name, paper.media_type) == ("Foto", "image/jpeg")
    assert paper.digest == hashlib.sha256(sent.content).hexdigest()
    kept = files.path(paper).read_bytes()
    assert b"Lena" in sent.content and b"Lena" not in kept and paper.size_bytes == len(kept)
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_pdf_is_kept_as_it_is(case: DamageCase) -> None:
    paper = keep(case, PaperKind.QUOTE, PDF)
    assert (paper.name, paper.media_type) == (PDF.name, "application/pdf")
    assert files.path(paper).read_bytes() == PDF.content


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (Upload("rechnung.pdf", b"<html><script>alert(1)</script></html>"), "ist aber keine"),
        (Upload("rechnung", b"<html><script>alert(1)</script></html>"), "kein Foto"),
        (Upload("rechnung.pdf", b"%PDF-1.7\nabgeschnitten"), "nicht vollständig"),
        (Upload("gross.pdf", b"%PDF-1.7" + b"x" * files.LARGEST_BYTES), "größer als 10 MB"),
        (Upload("leer.pdf", b""), "ist aber keine"),
    ],
)
def test_what_is_no_picture_and_no_whole_pdf_is_refused(case: DamageCase, upload: Upload, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        keep(case, PaperKind.EVIDENCE, upload)


def test_a_photo_is_never_a_pdf(case: DamageCase) -> None:
    with pytest.raises(DomainError, match="kein Foto"):
        keep(case, PaperKind.PHOTO, PDF)


def test_ten_at_once_and_not_eleven_and_one_bad_one_keeps_none(case: DamageCase) -> None:
    clerk = actor_for(make_user(Role.CLAIMS_CLERK))
    with pytest.raises(DomainError, match="höchstens 10"):
        papers.keep_all(clerk, case, PaperKind.PHOTO, [jpeg()] * 11, MONDAY_9AM)
    with pytest.raises(DomainError):
        papers.keep_all(clerk, case, PaperKind.QUOTE, [PDF, Upload("a.pdf", b"x")], MONDAY_9AM)
    assert papers.papers_of(clerk, case) == []
    assert len(papers.keep_all(clerk, case, PaperKind.PHOTO, [jpeg()] * 10, MONDAY_9AM)) == 10


def test_a_path_in_a_name_is_cut_off(case: DamageCase) -> None:
    assert keep(case, PaperKind.QUOTE, Upload("..\\..\\../etc/pass\r\nwd.pdf", PDF.content)).name == "pass wd.pdf"


def test_the_school_adds_photos_to_an_open_case_and_nothing_else(case: DamageCase) -> None:
    reporter = case.incident.reporter
    assert reporter
    papers.keep(actor_for(reporter), case, PaperKind.PHOTO, jpeg(), MONDAY_9AM)
    with pytest.raises(NotAllowed):
        papers.keep(actor_for(reporter), case, PaperKind.EVIDENCE, PDF, MONDAY_9AM)
    in_state(case, State.CLOSED)
    with pytest.raises(NotAllowed):
        papers.keep(actor_for(reporter), case, PaperKind.PHOTO, jpeg(), MONDAY_9AM)


def test_the_school_reads_its_photos_the_claims_staff_all_the_manager_none(case: DamageCase) -> None:
    photo, quote = keep(case, PaperKind.PHOTO, jpeg()), keep(case, PaperKind.QUOTE, PDF)
    manager = make_user(Role.CAMPUS_MANAGER, district_id=case.school.district_id)
    reporter = case.incident.reporter
    assert reporter
    lead = make_user(Role.HEAD_OF_SCHOOL, school_id=case.school_id)
    expected = [
        (make_user(Role.CLAIMS_CLERK), [photo, quote]),
        (reporter, [photo]),
        (lead, [photo]),
        (manager, []),
        (make_user(Role.HEAD_OF_SCHOOL, school_id=make_school().id), []),
    ]
    for person, readable in expected:
        actor = actor_for(person)
        assert papers.papers_of(actor, case) == readable
        for paper in set(files_of := [photo, quote]) - set(readable):
            with pytest.raises(NotFound):
                papers.paper_for(actor, case, paper.token)
        assert all(papers.paper_for(actor, case, paper.token) is paper for paper in files_of if paper in readable)


def test_a_photo_is_shown_and_a_pdf_only_saved_both_without_any_rights(client: FlaskClient) -> None:
    case = make_case()
    photo, quote = keep(case, PaperKind.PHOTO, jpeg()), keep(case, PaperKind.QUOTE, PDF)
    browser = sign_in(client, make_user(Role.CLAIMS_CLERK))
    place = f"/schaeden/{case.id}/unterlagen/"
    shown = [browser.get(place + photo.token, buffered=True), browser.get(f"{place}{photo.token}/klein", buffered=True)]
    assert all(one.status_code == 200 and one.mimetype == "image/jpeg" for one in shown)
    saved = browser.get(place + quote.token, buffered=True)
    assert saved.data == PDF.content and saved.mimetype == "application/pdf"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "ller" not in saved.headers["Content-Disposition"]
    for one in (*shown, saved):
        assert "sandbox" in one.headers["Content-Security-Policy"]
        assert one.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get(place + "gibtesnicht").status_code == 404


def test_dropped_files_are_gone_and_dropping_twice_is_harmless(case: DamageCase) -> None:
    kept = [keep(case, PaperKind.PHOTO, jpeg()), keep(case, PaperKind.QUOTE, PDF)]
    for _ in range(2):
        files.drop(kept)
    assert not any(files.path(paper).exists() for paper in kept)
    assert not files.path(kept[0], thumb=True).exists()
