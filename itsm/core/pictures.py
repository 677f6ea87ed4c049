"""Pictures people upload: checked, re-encoded, and kept in the upload folder under random names."""

import contextlib
import hashlib
import io
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import pillow_heif
from flask import Flask, current_app
from PIL import Image, ImageOps, UnidentifiedImageError

from itsm.core.errors import DomainError

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PICTURES = 10
# A telephone takes 50 million points at most; more is a bomb that fills the memory once decoded.
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2560
THUMB_SIDE = 224
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_HEIC_START = 12


@dataclass(frozen=True)
class Picture:
    """A checked picture, turned upright, without any of the camera's notes."""

    digest: str
    width: int
    height: int
    jpeg: bytes = field(repr=False)
    thumb: bytes = field(repr=False)


def init(app: Flask) -> None:
    """Teach the picture library the format of the iPhone."""
    pillow_heif.register_heif_opener()


def read(content: bytes) -> Picture:
    """Return the picture in an uploaded file, re-encoded.

    Raises: DomainError with a sentence if it is too large or no JPEG, PNG or HEIC.
    """
    if len(content) > LARGEST_BYTES:
        raise DomainError("Ein Bild ist größer als 10 MB. Bitte nehmen Sie ein kleineres.")
    if not _looks_right(content):
        raise DomainError("Eine Datei ist kein Foto. Bitte nehmen Sie Bilder als JPEG, PNG oder HEIC.")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "HEIF")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise DomainError("Ein Bild hat zu viele Bildpunkte. Bitte nehmen Sie ein kleineres.")
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(opened)
            image = _on_white(upright)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        Image.DecompressionBombError,
    ) as e:
        raise DomainError("Ein Bild lässt sich nicht öffnen. Bitte nehmen Sie ein anderes.") from e
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    small = ImageOps.fit(image, (THUMB_SIDE, THUMB_SIDE))
    return Picture(
        digest=hashlib.sha256(content).hexdigest(),
        width=image.width,
        height=image.height,
        jpeg=_encode(image, 85),
        thumb=_encode(small, 80),
    )


def keep(picture: Picture, token: str = "") -> str:
    """Write a picture and its thumbnail to the disk for good; return the token of its name, drawn unless given."""
    token = token or secrets.token_hex(16)
    target = path(token)
    target.parent.mkdir(parents=True, exist_ok=True)
    for place, content in ((target, picture.jpeg), (path(token, thumb=True), picture.thumb)):
        _write(place, content)
    return token


def drop(tokens: list[str]) -> None:
    """Delete pictures that no row names."""
    for token in tokens:
        for thumb in (False, True):
            with contextlib.suppress(FileNotFoundError):
                path(token, thumb=thumb).unlink()


def path(token: str, *, thumb: bool = False) -> Path:
    """Return where the file of a token lies; the token is ours, never what somebody typed."""
    folder: Path = current_app.config["INSTANCE"] / "uploads" / token[:2] / token[2:4]
    return folder / f"{token}{'-thumb' if thumb else ''}.jpg"


def _looks_right(content: bytes) -> bool:
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content[4:8] == b"ftyp" and content[8:_HEIC_START] in _HEIC_BRANDS
    )


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture in plain colours; what was see-through becomes white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGB", layered.size, "white")
        white.paste(layered, mask=layered.getchannel("A"))
        return white
    return image.convert("RGB")


def _encode(image: Image.Image, quality: int) -> bytes:
    """Return JPEG bytes with nothing but the picture: no place, no camera, no profile."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    buffer = io.BytesIO()
    bare.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _write(target: Path, content: bytes) -> None:
    """Write a file so that after a crash it is whole or not there."""
    part = target.with_suffix(f".{secrets.token_hex(4)}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
