"""Knowledge base."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_knowledge_base"
down_revision = "0004_device_file"
branch_labels = None
depends_on = None

# What schools call the things of school IT; the editors go on from there.
SYNONYMS = Path(__file__).with_name("0005_synonyms.txt")


def upgrade() -> None:
    op.create_table(
        "kb_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_kb_category_slug")),
    )
    op.create_table(
        "kb_lengths",
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("block", name=op.f("pk_kb_lengths")),
    )
    op.create_table(
        "kb_office",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("school_forms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_office")),
    )
    op.create_table(
        "kb_posting",
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("term", "block", name=op.f("pk_kb_posting")),
    )
    op.create_table(
        "kb_search_count",
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("line", "day", name=op.f("pk_kb_search_count")),
    )
    op.create_table(
        "kb_synonyms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_synonyms")),
    )
    op.bulk_insert(
        sa.table("kb_synonyms", sa.column("words", sa.ARRAY(sa.Text()))),
        [{"words": line.split(", ")} for line in SYNONYMS.read_text("utf-8").splitlines()],
    )
    op.create_table(
        "kb_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("backwards", sa.Text(), sa.Computed("reverse(word)", persisted=True), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.CheckConstraint("articles > 0", name=op.f("ck_kb_word_articles")),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_kb_word")),
    )
    op.create_index(
        "ix_kb_word_backwards", "kb_word", ["backwards"], unique=False, postgresql_ops={"backwards": "text_pattern_ops"}
    )
    op.create_index(op.f("ix_kb_word_stem"), "kb_word", ["stem"], unique=False)
    op.create_index("ix_kb_word_word", "kb_word", ["word"], unique=False, postgresql_ops={"word": "text_pattern_ops"})
    op.create_table(
        "kb_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_kb_edition_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_edition")),
        sa.UniqueConstraint("number", name=op.f("uq_kb_edition_number")),
    )
    op.create_table(
        "kb_article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "asked",
                "draft",
                "in_review",
                "published",
                "needs_update",
                "archived",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "public", "staff", "support", name="audience", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "shape",
            sa.Enum(
                "steps",
                "faq",
                "known_fault",
                "text",
                name="shape",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("tags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("school_forms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("device_kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_school_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("origin_key", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "NOT is_live OR state NOT IN ('submitted', 'asked', 'archived')", name=op.f("ck_kb_article_live_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'needs_update') OR is_live", name=op.f("ck_kb_article_published")
        ),
        sa.CheckConstraint("NOT is_live OR published_at IS NOT NULL", name=op.f("ck_kb_article_live")),
        sa.ForeignKeyConstraint(["category_id"], ["kb_category.id"], name=op.f("fk_kb_article_category_id")),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["user.id"], name=op.f("fk_kb_article_deleted_by_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user.id"], name=op.f("fk_kb_article_deputy_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_kb_article_owner_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_kb_article_published_by_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user.id"], name=op.f("fk_kb_article_submitted_by_id")),
        sa.ForeignKeyConstraint(["submitted_school_id"], ["school.id"], name=op.f("fk_kb_article_submitted_school_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_kb_article_ticket_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_article")),
        sa.UniqueConstraint("collection", "origin_key", name=op.f("uq_kb_article_collection_origin_key")),
    )
    op.create_index(op.f("ix_kb_article_category_id"), "kb_article", ["category_id"], unique=False)
    op.create_index(
        "ix_kb_article_live",
        "kb_article",
        ["audience", "id"],
        unique=False,
        postgresql_where=sa.text("is_live AND deleted_at IS NULL"),
    )
    op.create_index(op.f("ix_kb_article_owner_id"), "kb_article", ["owner_id"], unique=False)
    op.create_index(op.f("ix_kb_article_review_on"), "kb_article", ["review_on"], unique=False)
    op.create_index("ix_kb_article_state_id", "kb_article", ["state", "id"], unique=False)
    op.create_index("ix_kb_article_tags", "kb_article", ["tags"], unique=False, postgresql_using="gin")
    op.create_table(
        "kb_article_fault",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("fault_type_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_article_fault_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["fault_type_id"], ["fault_type.id"], name=op.f("fk_kb_article_fault_fault_type_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "fault_type_id", name=op.f("pk_kb_article_fault")),
    )
    op.create_index(op.f("ix_kb_article_fault_fault_type_id"), "kb_article_fault", ["fault_type_id"], unique=False)
    op.create_table(
        "kb_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("fault_type_id", sa.Integer(), nullable=True),
        sa.Column("school_form", sa.Text(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("not_helped", sa.Integer(), nullable=False),
        sa.Column("filed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_count_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["fault_type_id"], ["fault_type.id"], name=op.f("fk_kb_count_fault_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_count")),
        sa.UniqueConstraint(
            "article_id",
            "month",
            "fault_type_id",
            "school_form",
            name=op.f("uq_kb_count_article_id_month_fault_type_id_school_form"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_kb_count_month", "kb_count", ["month"], unique=False)
    op.create_table(
        "kb_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column(
            "language",
            sa.Enum("de", "de-simple", "en", name="language", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_draft_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_kb_draft_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_draft")),
        sa.UniqueConstraint(
            "user_id",
            "article_id",
            "language",
            name=op.f("uq_kb_draft_user_id_article_id_language"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_kb_draft_article_id"), "kb_draft", ["article_id"], unique=False)
    op.create_table(
        "kb_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "submitted",
                "asked",
                "draft",
                "in_review",
                "published",
                "needs_update",
                "archived",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "submitted",
                "asked",
                "draft",
                "in_review",
                "published",
                "needs_update",
                "archived",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_entry_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_kb_entry_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_entry")),
    )
    op.create_index(op.f("ix_kb_entry_article_id"), "kb_entry", ["article_id"], unique=False)
    op.create_table(
        "kb_indexed",
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_indexed_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_kb_indexed")),
    )
    op.create_table(
        "kb_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("broken_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_link_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_link")),
        sa.UniqueConstraint("article_id", "url", name=op.f("uq_kb_link_article_id_url")),
    )
    op.create_index(op.f("ix_kb_link_checked_at"), "kb_link", ["checked_at"], unique=False)
    op.create_table(
        "kb_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("alternative", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_picture_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_picture")),
        sa.UniqueConstraint("token", name=op.f("uq_kb_picture_token")),
    )
    op.create_index(op.f("ix_kb_picture_article_id"), "kb_picture", ["article_id"], unique=False)
    op.create_table(
        "kb_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "feedback",
                "broken_link",
                "badly_rated",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "language",
            sa.Enum("de", "de-simple", "en", name="language", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (outcome = '')", name=op.f("ck_kb_task_done")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_task_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_kb_task_done_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_task")),
    )
    op.create_index(op.f("ix_kb_task_article_id"), "kb_task", ["article_id"], unique=False)
    op.create_index(
        "ix_kb_task_open", "kb_task", ["article_id"], unique=False, postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_table(
        "kb_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column(
            "language",
            sa.Enum("de", "de-simple", "en", name="language", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("published_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_text_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_kb_text_changed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_text")),
        sa.UniqueConstraint("article_id", "language", name=op.f("uq_kb_text_article_id_language")),
    )
    op.create_table(
        "kb_video",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("poster_token", sa.Text(), nullable=False),
        sa.Column("captions", sa.Text(), nullable=False),
        sa.Column("transcript", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_video_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_video")),
        sa.UniqueConstraint("token", name=op.f("uq_kb_video_token")),
    )
    op.create_index(op.f("ix_kb_video_article_id"), "kb_video", ["article_id"], unique=False)
    op.create_table(
        "kb_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_kb_revision_author_id")),
        sa.ForeignKeyConstraint(["text_id"], ["kb_text.id"], name=op.f("fk_kb_revision_text_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_revision")),
        sa.UniqueConstraint("text_id", "number", name=op.f("uq_kb_revision_text_id_number")),
    )
    op.create_foreign_key(
        "fk_kb_text_published_id", "kb_text", "kb_revision", ["published_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    op.drop_constraint("fk_kb_text_published_id", "kb_text", type_="foreignkey")
    op.drop_table("kb_revision")
    op.drop_index(op.f("ix_kb_video_article_id"), table_name="kb_video")
    op.drop_table("kb_video")
    op.drop_table("kb_text")
    op.drop_index("ix_kb_task_open", table_name="kb_task", postgresql_where=sa.text("done_at IS NULL"))
    op.drop_index(op.f("ix_kb_task_article_id"), table_name="kb_task")
    op.drop_table("kb_task")
    op.drop_index(op.f("ix_kb_picture_article_id"), table_name="kb_picture")
    op.drop_table("kb_picture")
    op.drop_index(op.f("ix_kb_link_checked_at"), table_name="kb_link")
    op.drop_table("kb_link")
    op.drop_table("kb_indexed")
    op.drop_index(op.f("ix_kb_entry_article_id"), table_name="kb_entry")
    op.drop_table("kb_entry")
    op.drop_index(op.f("ix_kb_draft_article_id"), table_name="kb_draft")
    op.drop_table("kb_draft")
    op.drop_index("ix_kb_count_month", table_name="kb_count")
    op.drop_table("kb_count")
    op.drop_index(op.f("ix_kb_article_fault_fault_type_id"), table_name="kb_article_fault")
    op.drop_table("kb_article_fault")
    op.drop_index("ix_kb_article_tags", table_name="kb_article", postgresql_using="gin")
    op.drop_index("ix_kb_article_state_id", table_name="kb_article")
    op.drop_index(op.f("ix_kb_article_review_on"), table_name="kb_article")
    op.drop_index(op.f("ix_kb_article_owner_id"), table_name="kb_article")
    op.drop_index(
        "ix_kb_article_live", table_name="kb_article", postgresql_where=sa.text("is_live AND deleted_at IS NULL")
    )
    op.drop_index(op.f("ix_kb_article_category_id"), table_name="kb_article")
    op.drop_table("kb_article")
    op.drop_table("kb_edition")
    op.drop_index("ix_kb_word_word", table_name="kb_word", postgresql_ops={"word": "text_pattern_ops"})
    op.drop_index(op.f("ix_kb_word_stem"), table_name="kb_word")
    op.drop_index("ix_kb_word_backwards", table_name="kb_word", postgresql_ops={"backwards": "text_pattern_ops"})
    op.drop_table("kb_word")
    op.drop_table("kb_synonyms")
    op.drop_table("kb_search_count")
    op.drop_table("kb_posting")
    op.drop_table("kb_office")
    op.drop_table("kb_lengths")
    op.drop_table("kb_category")
