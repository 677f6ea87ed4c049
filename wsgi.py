"""Entry point of gunicorn."""

from itsm.app import create_app

app = create_app()
