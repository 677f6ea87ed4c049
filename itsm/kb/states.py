"""What may follow what in the life of an article.

Source: docs/rules/articles.md, KB-1.
"""

from enum import StrEnum

from itsm.core.states import Move


class State(StrEnum):
    """Where an article stands with its editors; what readers see is another matter (`Article.is_live`)."""

    SUBMITTED = "submitted"
    ASKED = "asked"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    NEEDS_UPDATE = "needs_update"
    ARCHIVED = "archived"


LABELS = {
    State.SUBMITTED: "eingereicht",
    State.ASKED: "Rückfrage",
    State.DRAFT: "Entwurf",
    State.IN_REVIEW: "in Prüfung",
    State.PUBLISHED: "veröffentlicht",
    State.NEEDS_UPDATE: "zu überarbeiten",
    State.ARCHIVED: "archiviert",
}

KINDS = {
    State.SUBMITTED: "info",
    State.ASKED: "warning",
    State.DRAFT: "neutral",
    State.IN_REVIEW: "info",
    State.PUBLISHED: "success",
    State.NEEDS_UPDATE: "warning",
    State.ARCHIVED: "neutral",
}

# States in which the working text may be written in.
WRITABLE = frozenset({State.SUBMITTED, State.ASKED, State.DRAFT, State.PUBLISHED, State.NEEDS_UPDATE})
# States an article that readers see can be in.
LIVE = frozenset({State.DRAFT, State.IN_REVIEW, State.PUBLISHED, State.NEEDS_UPDATE})

MOVES = (
    Move("ask", frozenset({State.SUBMITTED}), State.ASKED),
    Move("answer", frozenset({State.ASKED}), State.SUBMITTED),
    Move("accept", frozenset({State.SUBMITTED, State.ASKED}), State.DRAFT),
    Move("decline", frozenset({State.SUBMITTED, State.ASKED}), State.ARCHIVED),
    Move("revise", frozenset({State.PUBLISHED, State.NEEDS_UPDATE}), State.DRAFT),
    Move("hand-in", frozenset({State.DRAFT}), State.IN_REVIEW),
    Move("send-back", frozenset({State.IN_REVIEW}), State.DRAFT),
    Move("publish", frozenset({State.IN_REVIEW}), State.PUBLISHED),
    Move("confirm", frozenset({State.PUBLISHED, State.NEEDS_UPDATE}), State.PUBLISHED),
    Move("flag", frozenset({State.PUBLISHED}), State.NEEDS_UPDATE),
    Move("archive", frozenset({State.DRAFT, State.IN_REVIEW, State.PUBLISHED, State.NEEDS_UPDATE}), State.ARCHIVED),
    Move("reopen", frozenset({State.ARCHIVED}), State.DRAFT),
)
