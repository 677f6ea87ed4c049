"""Week plans, what work takes, outages, offered times, calendar feeds and asked drives."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_week_plans"
down_revision = "0002_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decided_day",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_decided_day_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_decided_day")),
    )
    op.create_table(
        "skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("name", name=op.f("uq_skill_name")),
    )
    op.create_table(
        "board_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("undo", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_board_step_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_step")),
    )
    op.create_index("ix_board_step_user_id_id", "board_step", ["user_id", "id"], unique=False)
    op.create_table(
        "user_skill",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_user_skill_skill_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_skill_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "skill_id", name=op.f("pk_user_skill")),
    )
    op.create_table(
        "week_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("district_ids", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("is_joint", sa.Boolean(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum("asked", "nightly", "change", "outage", name="cause", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "ready",
                "accepted",
                "rejected",
                "cancelled",
                "outdated",
                "failed",
                name="planstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("travel_note", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'failed') = (error <> '')", name=op.f("ck_week_plan_error")),
        sa.CheckConstraint("days BETWEEN 1 AND 14", name=op.f("ck_week_plan_days")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_week_plan_percent")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_week_plan_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_week_plan_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_plan")),
    )
    op.create_index("ix_week_plan_state_id", "week_plan", ["state", "id"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(user_id IS NULL) <> (school_id IS NULL)", name=op.f("ck_calendar_feed_whose")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_calendar_feed_made_by_id")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_calendar_feed_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_feed_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feed_digest")),
    )
    op.create_index(op.f("ix_calendar_feed_school_id"), "calendar_feed", ["school_id"], unique=False)
    op.create_index(op.f("ix_calendar_feed_user_id"), "calendar_feed", ["user_id"], unique=False)
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ill", "car", "school_closed", name="outagekind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'school_closed') = (school_id IS NOT NULL)", name=op.f("ck_outage_school")),
        sa.CheckConstraint("(kind = 'school_closed') = (user_id IS NULL)", name=op.f("ck_outage_person")),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_outage_order")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_outage_made_by_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["week_plan.id"], name=op.f("fk_outage_plan_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_outage_school_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_outage_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_index(op.f("ix_outage_last_on"), "outage", ["last_on"], unique=False)
    op.create_table(
        "work_need",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("not_before_on", sa.Date(), nullable=True),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_work_need_minutes")),
        sa.CheckConstraint("people BETWEEN 1 AND 2", name=op.f("ck_work_need_people")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_work_need_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_work_need")),
    )
    op.create_table(
        "slot_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "confirmed",
                "changed",
                "declined",
                "expired",
                "withdrawn",
                name="offerstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'changed', 'declined')) = (answered_at IS NOT NULL)",
            name=op.f("ck_slot_offer_answered"),
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_slot_offer_answered_by_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_slot_offer_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_offer")),
    )
    op.create_index(op.f("ix_slot_offer_answer_by"), "slot_offer", ["answer_by"], unique=False)
    op.create_index(
        "uq_slot_offer_open", "slot_offer", ["visit_id"], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "week_plan_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "new",
                "moved",
                "cancelled",
                "left_out",
                "kept",
                name="stepkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("visit_version", sa.Integer(), nullable=True),
        sa.Column("ticket_ids", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("old_user_id", sa.Integer(), nullable=True),
        sa.Column("old_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_user_id", sa.Integer(), nullable=True),
        sa.Column("helper_id", sa.Integer(), nullable=True),
        sa.Column("new_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breaks_promise", sa.Boolean(), nullable=False),
        sa.Column("reason", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["helper_id"], ["user.id"], name=op.f("fk_week_plan_step_helper_id")),
        sa.ForeignKeyConstraint(["new_user_id"], ["user.id"], name=op.f("fk_week_plan_step_new_user_id")),
        sa.ForeignKeyConstraint(["old_user_id"], ["user.id"], name=op.f("fk_week_plan_step_old_user_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["week_plan.id"], name=op.f("fk_week_plan_step_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_week_plan_step_school_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_week_plan_step_site_id")),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name=op.f("fk_week_plan_step_visit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_plan_step")),
    )
    op.create_index(op.f("ix_week_plan_step_plan_id"), "week_plan_step", ["plan_id"], unique=False)
    op.create_table(
        "work_need_skill",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skill.id"], name=op.f("fk_work_need_skill_skill_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["work_need.ticket_id"], name=op.f("fk_work_need_skill_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "skill_id", name=op.f("pk_work_need_skill")),
    )
    op.create_table(
        "slot_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["slot_offer.id"], name=op.f("fk_slot_choice_offer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_slot_choice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_choice")),
    )
    op.create_index(op.f("ix_slot_choice_offer_id"), "slot_choice", ["offer_id"], unique=False)
    op.add_column("visit", sa.Column("is_day_pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("visit", sa.Column("is_user_pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "visit",
        sa.Column(
            "assurance",
            sa.Enum(
                "soft", "told", "confirmed", name="assurance", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
            server_default="told",
        ),
    )
    op.add_column("visit", sa.Column("helps_id", sa.Integer(), nullable=True))
    op.add_column("visit", sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visit", sa.Column("told_late_minutes", sa.Integer(), nullable=False, server_default="0"))
    for name in ("is_day_pinned", "is_user_pinned", "assurance", "told_late_minutes"):
        op.alter_column("visit", name, server_default=None)
    op.drop_constraint(op.f("ck_visit_visitkind"), "visit", type_="check")
    op.create_check_constraint(op.f("ck_visit_visitkind"), "visit", "kind IN ('regular', 'extra', 'manual', 'planned')")
    op.create_index(op.f("ix_visit_helps_id"), "visit", ["helps_id"], unique=False)
    op.create_foreign_key(op.f("fk_visit_helps_id"), "visit", "visit", ["helps_id"], ["id"], ondelete="CASCADE")
    op.create_table(
        "travel_failure",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_travel_failure")),
    )
    op.create_table(
        "travel_pair",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("origin_latitude", sa.Integer(), nullable=False),
        sa.Column("origin_longitude", sa.Integer(), nullable=False),
        sa.Column("target_latitude", sa.Integer(), nullable=False),
        sa.Column("target_longitude", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("metres", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(seconds IS NULL) = (metres IS NULL)", name=op.f("ck_travel_pair_both")),
        sa.CheckConstraint("seconds >= 0 AND metres >= 0", name=op.f("ck_travel_pair_positive")),
        sa.PrimaryKeyConstraint(
            "source",
            "origin_latitude",
            "origin_longitude",
            "target_latitude",
            "target_longitude",
            name=op.f("pk_travel_pair"),
        ),
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_visit_visitkind"), "visit", type_="check")
    op.create_check_constraint(op.f("ck_visit_visitkind"), "visit", "kind IN ('regular', 'extra', 'manual')")
    op.drop_constraint(op.f("fk_visit_helps_id"), "visit", type_="foreignkey")
    op.drop_index(op.f("ix_visit_helps_id"), table_name="visit")
    op.drop_column("visit", "told_late_minutes")
    op.drop_column("visit", "expected_at")
    op.drop_column("visit", "helps_id")
    op.drop_column("visit", "assurance")
    op.drop_column("visit", "is_user_pinned")
    op.drop_column("visit", "is_day_pinned")
    op.drop_index(op.f("ix_slot_choice_offer_id"), table_name="slot_choice")
    op.drop_table("slot_choice")
    op.drop_table("work_need_skill")
    op.drop_index(op.f("ix_week_plan_step_plan_id"), table_name="week_plan_step")
    op.drop_table("week_plan_step")
    op.drop_index("uq_slot_offer_open", table_name="slot_offer", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_slot_offer_answer_by"), table_name="slot_offer")
    op.drop_table("slot_offer")
    op.drop_table("work_need")
    op.drop_index(op.f("ix_outage_last_on"), table_name="outage")
    op.drop_table("outage")
    op.drop_index(op.f("ix_calendar_feed_user_id"), table_name="calendar_feed")
    op.drop_index(op.f("ix_calendar_feed_school_id"), table_name="calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_index("ix_week_plan_state_id", table_name="week_plan")
    op.drop_table("week_plan")
    op.drop_table("user_skill")
    op.drop_index("ix_board_step_user_id_id", table_name="board_step")
    op.drop_table("board_step")
    op.drop_table("skill")
    op.drop_table("travel_pair")
    op.drop_table("travel_failure")
    op.drop_table("decided_day")
