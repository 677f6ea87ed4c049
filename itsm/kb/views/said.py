"""What this browser said of the articles it answered last: in the reader's own cookie, so that nothing is kept here.

Source: docs/rules/reading.md, RD-5.
"""

from flask import session

YES, NO, TEXT = "ja", "nein", "text"
_SAID = "kb_said"
_REMEMBERED = 20


def of(article_id: int) -> str:
    """Return what was said of an article: ja, nein, text once it was said what is missing, or nothing."""
    return str(session.get(_SAID, {}).get(str(article_id), ""))


def remember(article_id: int, answer: str) -> None:
    """Keep an answer in the cookie, and forget the oldest beyond some."""
    key = str(article_id)
    kept = {other: said for other, said in session.get(_SAID, {}).items() if other != key} | {key: answer}
    session[_SAID] = dict(list(kept.items())[-_REMEMBERED:])
