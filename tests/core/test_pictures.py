"""Pictures: whatever is uploaded, only a clean JPEG of bearable size is kept."""

import io
import struct
import zlib
from pathlib import Path

import pillow_heif
import pytest
from flask import Flask
from PIL import Image

from itsm.core import pictures
from itsm.core.errors import DomainError

GPS_IFD = 0x8825
ORIENTATION = 0x0112


def encoded(kind: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, kind, **options)
    return buffer.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS_IFD)[1] = "N"
    exif[0x010F] = "Geheimkamera"
    return encoded("JPEG", exif=exif)


def png_bomb(side: int) -> bytes:
    """A tiny PNG that says it is side × side points large."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_every_kind_a_telephone_makes_becomes_a_jpeg(app: Flask, kind: str) -> None:
    picture = pictures.read(encoded(kind, (640, 480)))
    assert (picture.width, picture.height) == (640, 480)
    assert Image.open(io.BytesIO(picture.jpeg)).format == "JPEG"
    assert max(Image.open(io.BytesIO(picture.thumb)).size) <= pictures.THUMB_SIDE


def test_place_and_camera_are_gone_and_the_picture_stands_upright(app: Flask) -> None:
    picture = pictures.read(with_exif())
    kept = Image.open(io.BytesIO(picture.jpeg))
    assert (picture.width, picture.height) == (40, 60)
    assert not kept.getexif() and "exif" not in kept.info and "icc_profile" not in kept.info
    assert b"Geheimkamera" not in picture.jpeg


def test_a_large_picture_is_made_smaller(app: Flask) -> None:
    picture = pictures.read(encoded("PNG", (6000, 3000)))
    assert (picture.width, picture.height) == (2560, 1280)


def test_what_was_see_through_becomes_white(app: Flask) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(buffer, "PNG")
    kept = Image.open(io.BytesIO(pictures.read(buffer.getvalue()).jpeg))
    assert kept.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7",
        b"GIF89a" + bytes(100),
        b"\xff\xd8\xff\xe0" + bytes(200),
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b"\0\0\0\x18ftypheic" + bytes(200),
        encoded("JPEG")[:200],
        encoded("GIF"),
    ],
    ids=["empty", "svg", "html", "pdf", "gif-head", "jpeg-head", "png-head", "heic-head", "torn", "gif"],
)
def test_what_is_no_photo_is_refused_with_a_sentence(app: Flask, content: bytes) -> None:
    with pytest.raises(DomainError, match="Bitte nehmen Sie"):
        pictures.read(content)


def test_a_bomb_is_refused_before_it_is_decoded(app: Flask) -> None:
    with pytest.raises(DomainError, match=r"Bildpunkte|öffnen"):
        pictures.read(png_bomb(30_000))


def test_more_than_ten_megabytes_are_refused(app: Flask) -> None:
    with pytest.raises(DomainError, match="10 MB"):
        pictures.read(encoded("JPEG") + bytes(pictures.LARGEST_BYTES))


def test_kept_under_a_random_name_and_whole(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "INSTANCE", tmp_path)
    picture = pictures.read(encoded("JPEG"))
    with app.app_context():
        first, second = pictures.keep(picture), pictures.keep(picture)
        assert first != second
        assert pictures.path(first).read_bytes() == picture.jpeg
        assert pictures.path(first, thumb=True).read_bytes() == picture.thumb
        assert list(tmp_path.rglob("*.part")) == []
        pictures.drop([first, second])
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_heic_of_the_telephone_keeps_its_upright_way(app: Flask) -> None:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 32), "blue")).save(buffer)
    picture = pictures.read(buffer.getvalue())
    assert (picture.width, picture.height) == (64, 32)
