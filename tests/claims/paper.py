"""Reads a PDF the way a reader for the blind, and the way a banking app, would."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import zxingcpp

_CODE_SCALE = 2
_QR = zxingcpp.BarcodeFormat.QRCode


@dataclass
class Paper:
    """What was read from a PDF: `spoken` are the words in the order of its tags, `shown` what is drawn."""

    title: str
    language: str
    is_tagged: bool
    pages: int
    shown: str
    spoken: str
    tags: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


def read(pdf: bytes) -> Paper:
    """Return everything the tests want to know about a PDF."""
    document = pdfium.PdfDocument(pdf)
    try:
        return _read(document)
    finally:
        document.close()


def one_line(text: str) -> str:
    """Return a text without the breaks and hyphens of its lines."""
    return " ".join(text.replace("\ufffe", "").replace("\u2010\n", "").replace("\u200b", "").split())


def _read(document: pdfium.PdfDocument) -> Paper:
    paper = Paper(
        title=document.get_metadata_value("Title"),
        language=_text(raw.FPDFCatalog_GetLanguage, document.raw),
        is_tagged=bool(raw.FPDFCatalog_IsTagged(document.raw)),
        pages=len(document),
        shown="",
        spoken="",
    )
    for page in document:
        words = page.get_textpage()
        paper.shown += words.get_text_bounded() + "\n"
        by_mark = _by_mark(page, words)
        tree = raw.FPDF_StructTree_GetForPage(page.raw)
        for at in range(raw.FPDF_StructTree_CountChildren(tree)):
            _walk(raw.FPDF_StructTree_GetChildAtIndex(tree, at), by_mark, paper)
        raw.FPDF_StructTree_Close(tree)
        if paper.alternatives:
            picture = page.render(scale=_CODE_SCALE, grayscale=True).to_pil()
            paper.codes += [found.text for found in zxingcpp.read_barcodes(picture, _QR)]
        words.close()
        page.close()
    return paper


def _walk(element: raw.FPDF_STRUCTELEMENT, by_mark: dict[int, str], paper: Paper) -> None:
    paper.tags.append(_text(raw.FPDF_StructElement_GetType, element))
    if alternative := _text(raw.FPDF_StructElement_GetAltText, element):
        paper.alternatives.append(alternative)
    for at in range(raw.FPDF_StructElement_CountChildren(element)):
        mark = raw.FPDF_StructElement_GetChildMarkedContentID(element, at)
        if mark >= 0:
            paper.spoken += by_mark.pop(mark, "") + " "
        elif child := raw.FPDF_StructElement_GetChildAtIndex(element, at):
            _walk(child, by_mark, paper)


def _by_mark(page: pdfium.PdfPage, words: pdfium.PdfTextPage) -> dict[int, str]:
    found: dict[int, str] = {}
    for one in _objects(page):
        mark = raw.FPDFPageObj_GetMarkedContentID(one)
        if mark >= 0 and raw.FPDFPageObj_GetType(one) == raw.FPDF_PAGEOBJ_TEXT:
            found[mark] = found.get(mark, "") + _text(raw.FPDFTextObj_GetText, one, words.raw)
    return found


def _objects(page: pdfium.PdfPage) -> Iterator[raw.FPDF_PAGEOBJECT]:
    for at in range(raw.FPDFPage_CountObjects(page.raw)):
        yield raw.FPDFPage_GetObject(page.raw, at)


def _text(ask: object, *about: object) -> str:
    assert callable(ask)
    size = ask(*about, None, 0)
    if not size:
        return ""
    buffer = ctypes.create_string_buffer(size)
    wide = ask in (raw.FPDFTextObj_GetText, raw.FPDFCatalog_GetLanguage)
    ask(*about, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)) if wide else buffer, size)
    return buffer.raw.decode("utf-16-le").rstrip("\0")
