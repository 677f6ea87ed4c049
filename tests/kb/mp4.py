"""The smallest files that count as a video and its captions."""

CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:02.500\nZiehen Sie <b>das Kabel</b> ab.\n"


def box(name: bytes, content: bytes = b"") -> bytes:
    """A box of the container: its length, its name, its content."""
    return (8 + len(content)).to_bytes(4) + name + content


def mp4(codec: bytes = b"avc1") -> bytes:
    """An MP4 without a single frame that names its codec."""
    return box(b"ftyp", b"isom\x00\x00\x02\x00isomavc1") + box(b"mdat", b"\x00" * 64) + box(b"moov", box(codec))
