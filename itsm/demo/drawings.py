"""Simple pictures for the articles of the demo city, drawn here so that they belong to nobody else."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

_SIZE = (960, 560)
_INK, _FILL, _MARK, _PAPER = "#1f2a44", "#dfe6f3", "#b3261e", "#ffffff"


def png(name: str) -> bytes:
    """Return a drawing as a file somebody could upload."""
    image = Image.new("RGB", _SIZE, _PAPER)
    _DRAWN[name](ImageDraw.Draw(image))
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _word(pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str) -> None:
    pen.text(place, text, fill=_INK, font=ImageFont.load_default(26))


def _mark(pen: ImageDraw.ImageDraw, start: tuple[int, int], end: tuple[int, int]) -> None:
    pen.line((start, end), fill=_MARK, width=4)
    pen.ellipse((end[0] - 9, end[1] - 9, end[0] + 9, end[1] + 9), fill=_MARK)


def _buttons(pen: ImageDraw.ImageDraw) -> None:
    pen.rounded_rectangle((330, 40, 630, 520), 30, fill=_INK)
    pen.rounded_rectangle((350, 80, 610, 470), 6, fill=_FILL)
    pen.ellipse((465, 478, 495, 508), outline=_FILL, width=3)
    pen.rectangle((560, 32, 600, 40), fill=_MARK)
    pen.rectangle((630, 90, 638, 120), fill=_MARK)
    pen.rectangle((630, 130, 638, 160), fill=_MARK)
    _word(pen, (700, 20), "obere Taste")
    _mark(pen, (690, 38), (600, 36))
    _word(pen, (700, 110), "lauter, leiser")
    _mark(pen, (690, 126), (634, 126))
    _word(pen, (40, 480), "Home-Taste")
    _word(pen, (40, 512), "(nur bei manchen)")
    _mark(pen, (270, 496), (480, 493))


def _control_centre(pen: ImageDraw.ImageDraw) -> None:
    pen.rounded_rectangle((120, 60, 840, 500), 30, fill=_FILL, outline=_INK, width=6)
    for column in range(3):
        for row in range(2):
            left, top = 330 + column * 160, 110 + row * 180
            pen.rounded_rectangle((left, top, left + 130, top + 140), 24, fill=_PAPER)
    pen.rounded_rectangle((675, 335, 735, 380), 6, outline=_MARK, width=6)
    pen.rounded_rectangle((695, 355, 755, 400), 6, outline=_MARK, width=6, fill=_PAPER)
    pen.line(((800, 90), (800, 200)), fill=_MARK, width=6)
    pen.polygon(((785, 195), (815, 195), (800, 225)), fill=_MARK)
    _word(pen, (140, 80), "1 wischen")
    _word(pen, (140, 420), "2 synchronisieren")
    _mark(pen, (360, 440), (690, 390))


def _sockets(pen: ImageDraw.ImageDraw) -> None:
    pen.rounded_rectangle((60, 40, 900, 420), 16, fill=_INK)
    pen.rectangle((80, 60, 880, 400), fill=_FILL)
    pen.rounded_rectangle((120, 330, 170, 380), 6, fill=_PAPER, outline=_MARK, width=5)
    pen.rounded_rectangle((200, 335, 280, 375), 6, fill=_INK)
    pen.rounded_rectangle((620, 340, 700, 370), 4, fill=_INK)
    pen.rounded_rectangle((740, 345, 790, 365), 10, fill=_INK)
    for place, text, end in (
        ((90, 470), "Netzschalter", (145, 380)),
        ((300, 470), "Strom", (240, 375)),
        ((560, 470), "HDMI", (660, 370)),
        ((720, 470), "USB-C", (765, 365)),
    ):
        _word(pen, place, text)
        _mark(pen, (place[0] + 40, 465), end)


_DRAWN: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "ipad-tasten": _buttons,
    "kontrollzentrum": _control_centre,
    "display-anschluesse": _sockets,
}
NAMES = tuple(_DRAWN)
