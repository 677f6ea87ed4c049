"""Pictures people upload: checked, re-encoded, and kept in the upload folder."""

from flask import Flask


def init(app: Flask) -> None:
    """Register how pictures are kept."""
