"""Bring the search in line with what readers can find, within the transaction that changed it."""

from itsm.kb.models import Article


def refresh(article: Article) -> None:
    """Put the published text of a live article into the index, and take out one that is not live any more."""
