"""Papers people upload: photos re-encoded, PDFs as they are, both in the upload folder under random names.

Source: docs/rules/claims.md, CL-6.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app

from itsm.claims.models import Paper, PaperKind
from itsm.core import pictures
from itsm.core.errors import DomainError
from itsm.core.forms import single_line

PDF, JPEG = "application/pdf", "image/jpeg"
LARGEST_BYTES = pictures.LARGEST_BYTES
MOST_AT_ONCE = pictures.MOST_PICTURES
LONGEST_NAME = 120
# A PDF ends with this mark; some writers put a little behind it.
_END_OF_PDF, _TAIL_BYTES = b"%%EOF", 2048
LABELS = {
    PaperKind.PHOTO: "Foto",
    PaperKind.EVIDENCE: "Nachweis",
    PaperKind.POLICE: "Anzeige",
    PaperKind.QUOTE: "Kostenvoranschlag",
    PaperKind.INVOICE: "Rechnung",
    PaperKind.ANSWER: "Antwort",
    PaperKind.INSIGHT: "Feststellung zur Einsicht",
    PaperKind.OTHER: "Unterlage",
}


@dataclass(frozen=True)
class Upload:
    """A file as somebody sent it."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Checked:
    """An upload that is what it says: a PDF, or a picture without any of the camera's notes."""

    name: str
    digest: str
    size_bytes: int
    pdf: bytes | None = field(default=None, repr=False)
    picture: pictures.Picture | None = field(default=None, repr=False)

    @property
    def media_type(self) -> str:
        """What is kept."""
        return JPEG if self.picture else PDF


def sent_in(files: Sequence[Any] | None) -> tuple[Upload, ...]:
    """Return what was chosen in a file field, each file one byte too long at most.

    Raises: DomainError for more files than fit at once.
    """
    chosen = [file for file in files or () if getattr(file, "filename", "")]
    if len(chosen) > MOST_AT_ONCE:
        raise DomainError(f"Bitte höchstens {MOST_AT_ONCE} Dateien auf einmal.")
    return tuple(Upload(file.filename, file.stream.read(LARGEST_BYTES + 1)) for file in chosen)


def check(upload: Upload, kind: PaperKind) -> Checked:
    """Return an upload that may be kept.

    Raises: DomainError with a sentence for a file too large, or neither a picture nor (but for a photo) a PDF.
    """
    content = upload.content
    name = str(single_line(upload.name)).replace("\\", "/").rsplit("/", 1)[-1][:LONGEST_NAME]
    digest = hashlib.sha256(content).hexdigest()
    if kind is PaperKind.PHOTO or not content.startswith(b"%PDF-"):
        _refuse_what_says_pdf(kind, name)
        # What a family calls its photos is nobody's business.
        name = LABELS[kind] if kind is PaperKind.PHOTO else name or LABELS[kind]
        picture = pictures.read(content)
        return Checked(name, digest, len(picture.jpeg), picture=picture)
    if len(content) > LARGEST_BYTES:
        raise DomainError("Die PDF-Datei ist größer als 10 MB. Bitte speichern Sie sie kleiner.")
    if _END_OF_PDF not in content[-_TAIL_BYTES:]:
        raise DomainError("Die PDF-Datei ist nicht vollständig. Bitte speichern Sie sie neu und senden Sie sie dann.")
    return Checked(name or LABELS[kind], digest, len(content), pdf=content)


def keep(checked: Checked) -> str:
    """Write a file to the disk for good; return the token of its name."""
    if checked.picture is not None:
        return pictures.keep(checked.picture)
    token = secrets.token_hex(16)
    target = _pdf_path(token)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with part.open("wb") as file:
        file.write(checked.pdf or b"")
        file.flush()
        os.fsync(file.fileno())
    part.rename(target)
    return token


def copy_photo(token: str) -> tuple[str, bytes] | None:
    """Copy a photo that was kept before under a new name; return that and what it holds, None if it is not there.

    The copy may be deleted without the first.
    """
    if not pictures.path(token).exists():
        return None
    copied = secrets.token_hex(16)
    pictures.path(copied).parent.mkdir(parents=True, exist_ok=True)
    for thumb in (False, True):
        shutil.copyfile(pictures.path(token, thumb=thumb), pictures.path(copied, thumb=thumb))
    return copied, pictures.path(copied).read_bytes()


def path(paper: Paper, *, thumb: bool = False) -> Path:
    """Return where the file of a paper lies."""
    return _pdf_path(paper.token) if paper.media_type == PDF else pictures.path(paper.token, thumb=thumb)


def drop(papers: Iterable[Paper]) -> None:
    """Delete the files of papers whose rows are gone; only after the commit, since a file does not come back."""
    for paper in papers:
        path(paper).unlink(missing_ok=True)
        path(paper, thumb=True).unlink(missing_ok=True)


def _refuse_what_says_pdf(kind: PaperKind, name: str) -> None:
    if kind is not PaperKind.PHOTO and name.lower().endswith(".pdf"):
        raise DomainError("Die Datei heißt wie eine PDF-Datei, ist aber keine. Bitte speichern Sie sie neu als PDF.")


def _pdf_path(token: str) -> Path:
    folder: Path = current_app.config["INSTANCE"] / "uploads" / token[:2] / token[2:4]
    return folder / f"{token}.pdf"
