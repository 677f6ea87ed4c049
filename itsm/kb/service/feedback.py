"""What a reader says of an article: whether it helped, and what was missing.

Source: docs/rules/reading.md, RD-5.
"""

from datetime import datetime, timedelta

from itsm.accounts.limits import Limit
from itsm.kb.models import Article, Language, TaskKind
from itsm.kb.service import counts, tasks

# Everybody in a school reaches us from one address, and a class may read the same article.
ANSWERS = Limit("kb-answers", most=60, window=timedelta(minutes=15), free=60)
TEXTS = Limit("kb-texts", most=10, window=timedelta(minutes=15), free=10)


def answer(article: Article, helped: bool, at: datetime, *, school_form: str) -> None:
    """Count whether the article helped."""
    counts.count("helped" if helped else "not_helped", [article.id], at, school_form=school_form)


def missing(article: Article, text: str, at: datetime, language: Language) -> None:
    """Let the owner of the article know what a reader did not find in it."""
    tasks.add(article, TaskKind.FEEDBACK, text, at, language)
