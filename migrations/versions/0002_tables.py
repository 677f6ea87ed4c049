"""Tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_tables"
down_revision = "0001_queue"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_key_at", "attempt", ["key", "at"], unique=False)
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base_name", sa.Text(), nullable=True),
        sa.Column("base_latitude", sa.Double(), nullable=True),
        sa.Column("base_longitude", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("number", name=op.f("uq_district_number")),
    )
    op.create_table(
        "fault_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_type")),
        sa.UniqueConstraint("key", name=op.f("uq_fault_type_key")),
    )
    op.create_table(
        "figure_value",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "valid_from", name=op.f("pk_figure_value")),
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("name", "due_at", name=op.f("uq_job_run_name_due_at")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("burst_key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(
        "ix_mail_due_at",
        "mail",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
    )
    op.create_index(
        "uq_mail_open_burst",
        "mail",
        ["to_address", "burst_key"],
        unique=True,
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND attempts = 0"),
    )
    op.create_table(
        "school_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_upload")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("access_note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("street", "postcode", name=op.f("uq_site_street_postcode")),
    )
    op.create_table(
        "support_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_group")),
        sa.UniqueConstraint("name", name=op.f("uq_support_group_name")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_index("ix_user_name", "user", [sa.literal_column("lower(name)"), "id"], unique=False)
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_absence_order")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user.id"], name=op.f("fk_absence_deputy_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_absence_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_deputy_id"), "absence", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_absence_user_id"), "absence", ["user_id"], unique=False)
    op.create_table(
        "first_level_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fault_type_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fault_type_id"], ["fault_type.id"], name=op.f("fk_first_level_step_fault_type_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_level_step")),
    )
    op.create_index(op.f("ix_first_level_step_fault_type_id"), "first_level_step", ["fault_type_id"], unique=False)
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("invitation", "reset", name="linkkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_link_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_link_token_hash")),
    )
    op.create_index(op.f("ix_link_user_id"), "link", ["user_id"], unique=False)
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_room_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_room_site_id_name")),
    )
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fault_type_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column(
            "target",
            sa.Enum(
                "on_site",
                "second_level",
                "not_ours",
                name="target",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(target = 'on_site') = (group_id IS NULL)", name=op.f("ck_routing_rule_group_unless_on_site")
        ),
        sa.ForeignKeyConstraint(
            ["fault_type_id"], ["fault_type.id"], name=op.f("fk_routing_rule_fault_type_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["support_group.id"], name=op.f("fk_routing_rule_group_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_routing_rule_site_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
        sa.UniqueConstraint(
            "fault_type_id",
            "site_id",
            name=op.f("uq_routing_rule_fault_type_id_site_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_routing_rule_site_id"), "routing_rule", ["site_id"], unique=False)
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_saved_filter_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filter_user_id_name")),
    )
    op.create_table(
        "school",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("homepage", sa.Text(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("operating_key", sa.Text(), nullable=False),
        sa.Column("operating_since", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column(
            "sharing",
            sa.Enum("own", "all", name="sharing", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("visit_note", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number ~ '^[0-9]{6}$'", name=op.f("ck_school_six_digits")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_school_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
        sa.UniqueConstraint("number", name=op.f("uq_school_number")),
    )
    op.create_index(op.f("ix_school_carrier"), "school", ["carrier"], unique=False)
    op.create_index(op.f("ix_school_district_id"), "school", ["district_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], unique=False)
    op.create_table(
        "workday",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_workday_order")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_workday_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "weekday", name=op.f("pk_workday")),
    )
    op.create_table(
        "bell_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_bell_time_school_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bell_time")),
    )
    op.create_index(op.f("ix_bell_time_school_id"), "bell_time", ["school_id"], unique=False)
    op.create_table(
        "disturbance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fault_type_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_disturbance_created_by_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_disturbance_district_id")),
        sa.ForeignKeyConstraint(["fault_type_id"], ["fault_type.id"], name=op.f("fk_disturbance_fault_type_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_disturbance_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disturbance")),
    )
    op.create_index(op.f("ix_disturbance_school_id"), "disturbance", ["school_id"], unique=False)
    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reporter",
                "media_coordinator",
                "head_of_school",
                "campus_manager",
                "second_level",
                "dispatcher",
                "claims_clerk",
                "claims_approver",
                "kb_editor",
                "auditor",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("is_deputy", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("school_id IS NULL OR district_id IS NULL", name=op.f("ck_grant_one_place")),
        sa.CheckConstraint("until_on IS NULL OR from_on IS NULL OR from_on <= until_on", name=op.f("ck_grant_order")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_grant_district_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_grant_school_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_grant_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint(
            "user_id",
            "role",
            "school_id",
            "district_id",
            "from_on",
            name=op.f("uq_grant_user_id_role_school_id_district_id_from_on"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_grant_district_id"), "grant", ["district_id"], unique=False)
    op.create_index(op.f("ix_grant_school_id"), "grant", ["school_id"], unique=False)
    op.create_index(op.f("ix_grant_user_id"), "grant", ["user_id"], unique=False)
    op.create_table(
        "iserv_instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_iserv_instance_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_iserv_instance_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_iserv_instance")),
        sa.UniqueConstraint("host", name=op.f("uq_iserv_instance_host")),
    )
    op.create_index(op.f("ix_iserv_instance_school_id"), "iserv_instance", ["school_id"], unique=False)
    op.create_table(
        "movable_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_movable_day_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movable_day")),
        sa.UniqueConstraint("school_id", "day", name=op.f("uq_movable_day_school_id_day")),
    )
    op.create_table(
        "referral",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fault_type_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fault_type_id"], ["fault_type.id"], name=op.f("fk_referral_fault_type_id")),
        sa.ForeignKeyConstraint(["group_id"], ["support_group.id"], name=op.f("fk_referral_group_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_referral_school_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_referral")),
    )
    op.create_index(op.f("ix_referral_fault_type_id"), "referral", ["fault_type_id"], unique=False)
    op.create_table(
        "school_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_contact_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_contact")),
    )
    op.create_index(op.f("ix_school_contact_school_id"), "school_contact", ["school_id"], unique=False)
    op.create_table(
        "school_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("from_district_id", sa.Integer(), nullable=True),
        sa.Column("to_district_id", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["from_district_id"], ["district.id"], name=op.f("fk_school_move_from_district_id")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_move_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["to_district_id"], ["district.id"], name=op.f("fk_school_move_to_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_move")),
    )
    op.create_index(op.f("ix_school_move_school_id"), "school_move", ["school_id"], unique=False)
    op.create_table(
        "school_site",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_site_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_school_site_site_id")),
        sa.PrimaryKeyConstraint("school_id", "site_id", name=op.f("pk_school_site")),
    )
    op.create_index(op.f("ix_school_site_site_id"), "school_site", ["site_id"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("fault_type_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("is_exam", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "accepted",
                "planned",
                "waiting_school",
                "waiting_supplier",
                "second_level",
                "solved",
                "closed",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_at_school", sa.Boolean(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=False),
        sa.Column(
            "target",
            sa.Enum(
                "on_site",
                "second_level",
                "not_ours",
                name="target",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("idempotency_digest", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('german', title), 'A') || setweight(to_tsvector('german', place || ' ' || description || ' ' || solution), 'B')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)", name=op.f("ck_ticket_closed")
        ),
        sa.CheckConstraint(
            "state = 'closed' OR (state = 'solved') = (solved_at IS NOT NULL)", name=op.f("ck_ticket_solved")
        ),
        sa.CheckConstraint("impact BETWEEN 1 AND 3 AND urgency BETWEEN 1 AND 3", name=op.f("ck_ticket_matrix")),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name=op.f("ck_ticket_priority")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_ticket_district_id")),
        sa.ForeignKeyConstraint(["fault_type_id"], ["fault_type.id"], name=op.f("fk_ticket_fault_type_id")),
        sa.ForeignKeyConstraint(["group_id"], ["support_group.id"], name=op.f("fk_ticket_group_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["user.id"], name=op.f("fk_ticket_reporter_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_ticket_room_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_ticket_school_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_ticket_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_ticket_idempotency_key")),
    )
    op.create_index("ix_ticket_assignee_id_state_id", "ticket", ["assignee_id", "state", "id"], unique=False)
    op.create_index("ix_ticket_district_id_state_id", "ticket", ["district_id", "state", "id"], unique=False)
    op.create_index("ix_ticket_group_id_state_id", "ticket", ["group_id", "state", "id"], unique=False)
    op.create_index("ix_ticket_lower_place_id", "ticket", [sa.literal_column("lower(place)"), "id"], unique=False)
    op.create_index("ix_ticket_priority_id", "ticket", ["priority", "id"], unique=False)
    op.create_index("ix_ticket_reporter_id_id", "ticket", ["reporter_id", "id"], unique=False)
    op.create_index("ix_ticket_room_id_id", "ticket", ["room_id", "id"], unique=False)
    op.create_index("ix_ticket_school_id_state_id", "ticket", ["school_id", "state", "id"], unique=False)
    op.create_index("ix_ticket_search", "ticket", ["search"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_ticket_site_id"), "ticket", ["site_id"], unique=False)
    op.create_index("ix_ticket_state_at_id", "ticket", ["state_at", "id"], unique=False)
    op.create_index("ix_ticket_state_id", "ticket", ["state", "id"], unique=False)
    op.create_table(
        "visiting_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_visiting_hours_order")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_visiting_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_visiting_hours_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visiting_hours")),
    )
    op.create_index(op.f("ix_visiting_hours_school_id"), "visiting_hours", ["school_id"], unique=False)
    op.create_table(
        "visiting_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_visiting_time_minutes")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND every_weeks BETWEEN 1 AND 12", name=op.f("ck_visiting_time_rhythm")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_visiting_time_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_visiting_time_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visiting_time")),
    )
    op.create_index(op.f("ix_visiting_time_school_id"), "visiting_time", ["school_id"], unique=False)
    op.create_table(
        "disturbance_join",
        sa.Column("disturbance_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["disturbance_id"], ["disturbance.id"], name=op.f("fk_disturbance_join_disturbance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_disturbance_join_school_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_disturbance_join_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("disturbance_id", "user_id", name=op.f("pk_disturbance_join")),
    )
    op.create_index(op.f("ix_disturbance_join_school_id"), "disturbance_join", ["school_id"], unique=False)
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_photo_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("token", name=op.f("uq_photo_token")),
    )
    op.create_index(op.f("ix_photo_ticket_id"), "photo", ["ticket_id"], unique=False)
    op.create_table(
        "ticket_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_device_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_device")),
    )
    op.create_index(op.f("ix_ticket_device_tag"), "ticket_device", ["tag"], unique=False)
    op.create_index(op.f("ix_ticket_device_ticket_id"), "ticket_device", ["ticket_id"], unique=False)
    op.create_table(
        "ticket_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("move", sa.Text(), nullable=True),
        sa.Column(
            "from_state",
            sa.Enum(
                "new",
                "accepted",
                "planned",
                "waiting_school",
                "waiting_supplier",
                "second_level",
                "solved",
                "closed",
                "withdrawn",
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
                "new",
                "accepted",
                "planned",
                "waiting_school",
                "waiting_supplier",
                "second_level",
                "solved",
                "closed",
                "withdrawn",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_ticket_entry_author_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_entry_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_entry")),
    )
    op.create_index("ix_ticket_entry_ticket_id_id", "ticket_entry", ["ticket_id", "id"], unique=False)
    op.create_table(
        "ticket_step",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "helped",
                "not_helped",
                "not_possible",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_step_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "position", name=op.f("pk_ticket_step")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("visiting_time_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "regular", "extra", "manual", name="visitkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("visit_on", sa.Date(), nullable=False),
        sa.Column("is_fixed", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("travel_minutes", sa.Integer(), nullable=False),
        sa.Column("travel_metres", sa.Integer(), nullable=False),
        sa.Column(
            "breach",
            sa.Enum(
                "fixed-time",
                "window",
                "window-too-short",
                "pause",
                "shift-end",
                name="breach",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "driving",
                "on_site",
                "done",
                "cancelled",
                "missed",
                name="visitstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'done') = (left_at IS NOT NULL)", name=op.f("ck_visit_left")),
        sa.CheckConstraint("state NOT IN ('cancelled', 'missed') OR reason <> ''", name=op.f("ck_visit_reason")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_visit_district_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_visit_school_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_visit_site_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_visit_user_id")),
        sa.ForeignKeyConstraint(
            ["visiting_time_id"], ["visiting_time.id"], name=op.f("fk_visit_visiting_time_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("visiting_time_id", "visit_on", name=op.f("uq_visit_visiting_time_id_visit_on")),
    )
    op.create_index("ix_visit_school_id_visit_on", "visit", ["school_id", "visit_on"], unique=False)
    op.create_index("ix_visit_user_id_visit_on", "visit", ["user_id", "visit_on"], unique=False)
    op.create_index("ix_visit_visit_on_state", "visit", ["visit_on", "state"], unique=False)
    op.create_table(
        "visit_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_task_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_task")),
    )
    op.create_index(op.f("ix_visit_task_visit_id"), "visit_task", ["visit_id"], unique=False)
    op.create_table(
        "visit_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("is_waiting", sa.Boolean(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "solved",
                "not_solved",
                "second_level",
                "taken_along",
                "follow_up",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("spent_minutes", sa.Integer(), nullable=True),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("NOT (is_waiting AND result IS NOT NULL)", name=op.f("ck_visit_ticket_waiting")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_visit_ticket_ticket_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_ticket_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_ticket")),
        sa.UniqueConstraint("visit_id", "ticket_id", name=op.f("uq_visit_ticket_visit_id_ticket_id")),
    )
    op.create_index(op.f("ix_visit_ticket_ticket_id"), "visit_ticket", ["ticket_id"], unique=False)
    op.create_index(
        "uq_visit_ticket_waiting", "visit_ticket", ["ticket_id"], unique=True, postgresql_where=sa.text("is_waiting")
    )


def downgrade() -> None:
    op.drop_index("uq_visit_ticket_waiting", table_name="visit_ticket", postgresql_where=sa.text("is_waiting"))
    op.drop_index(op.f("ix_visit_ticket_ticket_id"), table_name="visit_ticket")
    op.drop_table("visit_ticket")
    op.drop_index(op.f("ix_visit_task_visit_id"), table_name="visit_task")
    op.drop_table("visit_task")
    op.drop_index("ix_visit_visit_on_state", table_name="visit")
    op.drop_index("ix_visit_user_id_visit_on", table_name="visit")
    op.drop_index("ix_visit_school_id_visit_on", table_name="visit")
    op.drop_table("visit")
    op.drop_table("ticket_step")
    op.drop_index("ix_ticket_entry_ticket_id_id", table_name="ticket_entry")
    op.drop_table("ticket_entry")
    op.drop_index(op.f("ix_ticket_device_ticket_id"), table_name="ticket_device")
    op.drop_index(op.f("ix_ticket_device_tag"), table_name="ticket_device")
    op.drop_table("ticket_device")
    op.drop_index(op.f("ix_photo_ticket_id"), table_name="photo")
    op.drop_table("photo")
    op.drop_index(op.f("ix_disturbance_join_school_id"), table_name="disturbance_join")
    op.drop_table("disturbance_join")
    op.drop_index(op.f("ix_visiting_time_school_id"), table_name="visiting_time")
    op.drop_table("visiting_time")
    op.drop_index(op.f("ix_visiting_hours_school_id"), table_name="visiting_hours")
    op.drop_table("visiting_hours")
    op.drop_index("ix_ticket_state_id", table_name="ticket")
    op.drop_index("ix_ticket_state_at_id", table_name="ticket")
    op.drop_index(op.f("ix_ticket_site_id"), table_name="ticket")
    op.drop_index("ix_ticket_search", table_name="ticket", postgresql_using="gin")
    op.drop_index("ix_ticket_school_id_state_id", table_name="ticket")
    op.drop_index("ix_ticket_room_id_id", table_name="ticket")
    op.drop_index("ix_ticket_reporter_id_id", table_name="ticket")
    op.drop_index("ix_ticket_priority_id", table_name="ticket")
    op.drop_index("ix_ticket_lower_place_id", table_name="ticket")
    op.drop_index("ix_ticket_group_id_state_id", table_name="ticket")
    op.drop_index("ix_ticket_district_id_state_id", table_name="ticket")
    op.drop_index("ix_ticket_assignee_id_state_id", table_name="ticket")
    op.drop_table("ticket")
    op.drop_index(op.f("ix_school_site_site_id"), table_name="school_site")
    op.drop_table("school_site")
    op.drop_index(op.f("ix_school_move_school_id"), table_name="school_move")
    op.drop_table("school_move")
    op.drop_index(op.f("ix_school_contact_school_id"), table_name="school_contact")
    op.drop_table("school_contact")
    op.drop_index(op.f("ix_referral_fault_type_id"), table_name="referral")
    op.drop_table("referral")
    op.drop_table("movable_day")
    op.drop_index(op.f("ix_iserv_instance_school_id"), table_name="iserv_instance")
    op.drop_table("iserv_instance")
    op.drop_index(op.f("ix_grant_user_id"), table_name="grant")
    op.drop_index(op.f("ix_grant_school_id"), table_name="grant")
    op.drop_index(op.f("ix_grant_district_id"), table_name="grant")
    op.drop_table("grant")
    op.drop_index(op.f("ix_disturbance_school_id"), table_name="disturbance")
    op.drop_table("disturbance")
    op.drop_index(op.f("ix_bell_time_school_id"), table_name="bell_time")
    op.drop_table("bell_time")
    op.drop_table("workday")
    op.drop_index(op.f("ix_session_user_id"), table_name="session")
    op.drop_table("session")
    op.drop_index(op.f("ix_school_district_id"), table_name="school")
    op.drop_index(op.f("ix_school_carrier"), table_name="school")
    op.drop_table("school")
    op.drop_table("saved_filter")
    op.drop_index(op.f("ix_routing_rule_site_id"), table_name="routing_rule")
    op.drop_table("routing_rule")
    op.drop_table("room")
    op.drop_index(op.f("ix_link_user_id"), table_name="link")
    op.drop_table("link")
    op.drop_index(op.f("ix_first_level_step_fault_type_id"), table_name="first_level_step")
    op.drop_table("first_level_step")
    op.drop_index(op.f("ix_absence_user_id"), table_name="absence")
    op.drop_index(op.f("ix_absence_deputy_id"), table_name="absence")
    op.drop_table("absence")
    op.drop_index("ix_user_name", table_name="user")
    op.drop_table("user")
    op.drop_table("support_group")
    op.drop_table("site")
    op.drop_table("school_upload")
    op.drop_index(
        "uq_mail_open_burst",
        table_name="mail",
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND attempts = 0"),
    )
    op.drop_index(
        "ix_mail_due_at", table_name="mail", postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL")
    )
    op.drop_table("mail")
    op.drop_table("job_run")
    op.drop_table("figure_value")
    op.drop_table("fault_type")
    op.drop_table("district")
    op.drop_index("ix_attempt_key_at", table_name="attempt")
    op.drop_table("attempt")
