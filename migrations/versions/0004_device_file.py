"""Device file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004_device_file"
down_revision = "0003_week_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_import")),
    )
    op.create_table(
        "device_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ipad",
                "laptop",
                "desktop",
                "display",
                "projector",
                "charging_case",
                "digital_tool",
                "accessory",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("slots", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_model")),
        sa.UniqueConstraint("kind", "maker", "name", name=op.f("uq_device_model_kind_maker_name")),
    )
    op.create_table(
        "device_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_upload")),
    )
    op.create_table(
        "sync_agreed",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("serial", "field", name=op.f("pk_sync_agreed")),
    )
    op.create_table(
        "sync_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ipad",
                "laptop",
                "desktop",
                "display",
                "projector",
                "charging_case",
                "digital_tool",
                "accessory",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("budget_cents", sa.BigInteger(), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column(
            "fairness",
            sa.Enum(
                "oldest_first",
                "same_share",
                "startchancen_first",
                "whole_schools",
                name="fairness",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("stock_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_over", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("(quantity IS NULL) <> (budget_cents IS NULL)", name=op.f("ck_wave_one_limit")),
        sa.CheckConstraint(
            "first_year <= last_year AND quantity > 0 AND budget_cents > 0", name=op.f("ck_wave_limits")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("name", name=op.f("uq_wave_name")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(collation="C"), nullable=False),
        sa.Column("serial", sa.Text(collation="C"), nullable=True),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "in_stock",
                "in_use",
                "lent",
                "in_repair",
                "damaged",
                "lost",
                "stolen",
                "retired",
                "disposed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purchased_on", sa.Date(), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("funding", sa.Text(), nullable=False),
        sa.Column("in_service_on", sa.Date(), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("mdm_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("serial ~ '^[A-Z0-9]{8,14}$'", name=op.f("ck_device_serial")),
        sa.CheckConstraint("tag <> '' AND tag = upper(tag)", name=op.f("ck_device_tag")),
        sa.CheckConstraint(
            "(case_id IS NOT NULL OR slot IS NULL) AND slot > 0 AND case_id <> id", name=op.f("ck_device_slot")
        ),
        sa.CheckConstraint("price_cents >= 0", name=op.f("ck_device_price")),
        sa.CheckConstraint("room_id IS NULL OR site_id IS NOT NULL", name=op.f("ck_device_room")),
        sa.ForeignKeyConstraint(["case_id"], ["device.id"], name=op.f("fk_device_case_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["model_id"], ["device_model.id"], name=op.f("fk_device_model_id")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["device.id"], name=op.f("fk_device_replaced_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_device_room_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_device_school_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("tag", name=op.f("uq_device_tag")),
    )
    op.create_index(
        "ix_device_in_service_on_id",
        "device",
        [sa.literal_column("coalesce(in_service_on, 'infinity'::date)"), "id"],
        unique=False,
    )
    op.create_index("ix_device_model_id_id", "device", ["model_id", "id"], unique=False)
    op.create_index(
        "ix_device_replaced_by_id",
        "device",
        ["replaced_by_id"],
        unique=False,
        postgresql_where=sa.text("replaced_by_id IS NOT NULL"),
    )
    op.create_index(
        "ix_device_room_id", "device", ["room_id"], unique=False, postgresql_where=sa.text("room_id IS NOT NULL")
    )
    op.create_index("ix_device_school_id_model_id", "device", ["school_id", "model_id"], unique=False)
    op.create_index("ix_device_state_at_id", "device", ["state_at", "id"], unique=False)
    op.create_index("ix_device_state_id", "device", ["state", "id"], unique=False)
    op.create_index("ix_device_warranty_until", "device", ["warranty_until"], unique=False)
    op.create_index(
        "uq_device_case_id_slot",
        "device",
        ["case_id", "slot"],
        unique=True,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_index(
        "uq_device_mdm_id", "device", ["mdm_id"], unique=True, postgresql_where=sa.text("mdm_id IS NOT NULL")
    )
    op.create_index(
        "uq_device_serial", "device", ["serial"], unique=True, postgresql_where=sa.text("serial IS NOT NULL")
    )
    op.create_table(
        "entitlement_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ipad",
                "laptop",
                "desktop",
                "display",
                "projector",
                "charging_case",
                "digital_tool",
                "accessory",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("delta <> 0 AND reason <> ''", name=op.f("ck_entitlement_exception_meaning")),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name=op.f("ck_entitlement_exception_order")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_entitlement_exception_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement_exception")),
    )
    op.create_index(op.f("ix_entitlement_exception_school_id"), "entitlement_exception", ["school_id"], unique=False)
    op.create_table(
        "loan_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_loan_terms_school_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_terms")),
        sa.UniqueConstraint(
            "school_id",
            "valid_from",
            name=op.f("uq_loan_terms_school_id_valid_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "school_size",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("pupils_1_2", sa.Integer(), nullable=False),
        sa.Column("pupils_3_4", sa.Integer(), nullable=False),
        sa.Column("pupils_secondary", sa.Integer(), nullable=False),
        sa.Column("pupils_full_time", sa.Integer(), nullable=False),
        sa.Column("pupils_dual", sa.Integer(), nullable=False),
        sa.Column("teachers", sa.Integer(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("halls", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("is_startchancen", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "least(pupils_1_2, pupils_3_4, pupils_secondary, pupils_full_time, pupils_dual, teachers, rooms) >= 0",
            name=op.f("ck_school_size_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_school_size_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", "valid_from", name=op.f("pk_school_size")),
    )
    op.create_table(
        "wave_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.CheckConstraint("delivered BETWEEN 0 AND count", name=op.f("ck_wave_share_delivered")),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4 AND count > 0", name=op.f("ck_wave_share_share")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_wave_share_school_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_share_wave_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_share")),
        sa.UniqueConstraint(
            "wave_id", "school_id", "year", "quarter", name=op.f("uq_wave_share_wave_id_school_id_year_quarter")
        ),
    )
    op.create_index(op.f("ix_wave_share_school_id"), "wave_share", ["school_id"], unique=False)
    op.create_table(
        "device_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_device_change_author_id")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_change_device_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["import_id"], ["device_import.id"], name=op.f("fk_device_change_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_change")),
    )
    op.create_index("ix_device_change_device_id_id", "device_change", ["device_id", "id"], unique=False)
    op.create_index(
        "ix_device_change_import_id",
        "device_change",
        ["import_id"],
        unique=False,
        postgresql_where=sa.text("import_id IS NOT NULL"),
    )
    op.create_table(
        "device_cost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("part", "repair", "other", name="costkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("cents > 0", name=op.f("ck_device_cost_cents")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_device_cost_author_id")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_cost_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_cost")),
    )
    op.create_index(op.f("ix_device_cost_device_id"), "device_cost", ["device_id"], unique=False)
    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column(
            "holder_kind",
            sa.Enum("pupil", "staff", name="holderkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("holder_group", sa.Text(), nullable=False),
        sa.Column("holder_email", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("terms_id", sa.Integer(), nullable=True),
        sa.Column("accessories", sa.Text(), nullable=False),
        sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_out_by_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "acknowledged_by",
            sa.Enum(
                "signature",
                "link",
                "paper",
                name="acknowledgement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_to_id", sa.Integer(), nullable=True),
        sa.Column(
            "condition",
            sa.Enum(
                "good",
                "worn",
                "damaged",
                "incomplete",
                name="condition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("condition_note", sa.Text(), nullable=False),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name=op.f("ck_loan_acknowledged")),
        sa.CheckConstraint("(returned_at IS NULL) = (condition IS NULL)", name=op.f("ck_loan_returned")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_loan_device_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["handed_out_by_id"], ["user.id"], name=op.f("fk_loan_handed_out_by_id")),
        sa.ForeignKeyConstraint(["returned_to_id"], ["user.id"], name=op.f("fk_loan_returned_to_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_loan_school_id")),
        sa.ForeignKeyConstraint(["terms_id"], ["loan_terms.id"], name=op.f("fk_loan_terms_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_loan_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_loan_token_hash")),
    )
    op.create_index("ix_loan_device_id_id", "loan", ["device_id", "id"], unique=False)
    op.create_index("ix_loan_holder", "loan", [sa.literal_column("lower(holder_name)"), "id"], unique=False)
    op.create_index(
        "ix_loan_school_id_open",
        "loan",
        ["school_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("returned_at IS NULL"),
    )
    op.create_index(op.f("ix_loan_user_id"), "loan", ["user_id"], unique=False)
    op.create_index("uq_loan_open", "loan", ["device_id"], unique=True, postgresql_where=sa.text("returned_at IS NULL"))
    op.create_table(
        "stocktake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("room_id IS NULL OR case_id IS NULL", name=op.f("ck_stocktake_one_place")),
        sa.ForeignKeyConstraint(["case_id"], ["device.id"], name=op.f("fk_stocktake_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_stocktake_room_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_stocktake_school_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["user.id"], name=op.f("fk_stocktake_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake")),
    )
    op.create_index(op.f("ix_stocktake_case_id"), "stocktake", ["case_id"], unique=False)
    op.create_index("ix_stocktake_school_id_id", "stocktake", ["school_id", "id"], unique=False)
    op.create_table(
        "sync_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "new",
                "change",
                "conflict",
                "missing",
                name="synckind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "taken", "kept", "overtaken", name="syncdecision", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_sync_proposal_decided")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_sync_proposal_device_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["sync_run.id"], name=op.f("fk_sync_proposal_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_proposal")),
    )
    op.create_index(op.f("ix_sync_proposal_device_id"), "sync_proposal", ["device_id"], unique=False)
    op.create_index(
        "ix_sync_proposal_open", "sync_proposal", ["id"], unique=False, postgresql_where=sa.text("decision IS NULL")
    )
    op.create_index(op.f("ix_sync_proposal_run_id"), "sync_proposal", ["run_id"], unique=False)
    op.create_table(
        "device_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("stocktake_id", sa.Integer(), nullable=True),
        sa.Column("wave_share_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "missing",
                "elsewhere",
                "unknown",
                "delivery",
                "move_away",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_task_device_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_device_task_done_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_device_task_school_id")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_device_task_stocktake_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["wave_share_id"], ["wave_share.id"], name=op.f("fk_device_task_wave_share_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_task")),
    )
    op.create_index(op.f("ix_device_task_device_id"), "device_task", ["device_id"], unique=False)
    op.create_index(
        "ix_device_task_school_id_open",
        "device_task",
        ["school_id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_index(op.f("ix_device_task_stocktake_id"), "device_task", ["stocktake_id"], unique=False)
    op.create_index(op.f("ix_device_task_wave_share_id"), "device_task", ["wave_share_id"], unique=False)
    op.create_table(
        "stocktake_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stocktake_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("is_expected", sa.Boolean(), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "found",
                "missing",
                "elsewhere",
                "unknown",
                name="finding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scanned_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_stocktake_line_device_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["scanned_by_id"], ["user.id"], name=op.f("fk_stocktake_line_scanned_by_id")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stocktake_line_stocktake_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake_line")),
    )
    op.create_index(op.f("ix_stocktake_line_device_id"), "stocktake_line", ["device_id"], unique=False)
    op.create_index("uq_stocktake_line_device", "stocktake_line", ["stocktake_id", "device_id"], unique=True)
    op.create_index(
        "uq_stocktake_line_typed",
        "stocktake_line",
        ["stocktake_id", "typed"],
        unique=True,
        postgresql_where=sa.text("device_id IS NULL"),
    )
    op.add_column("ticket_device", sa.Column("device_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_ticket_device_device_id"), "ticket_device", ["device_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_ticket_device_device_id"), "ticket_device", "device", ["device_id"], ["id"], ondelete="SET NULL"
    )
    op.drop_index(op.f("ix_ticket_device_tag"), table_name="ticket_device")
    op.create_index("ix_ticket_device_upper_tag", "ticket_device", [sa.literal_column("upper(tag)")], unique=False)
    op.add_column("visit_task", sa.Column("device_task_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_visit_task_device_task_id"), "visit_task", ["device_task_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_visit_task_device_task_id"),
        "visit_task",
        "device_task",
        ["device_task_id"],
        ["id"],
        ondelete="SET NULL",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_visit_task_device_task_id"), "visit_task", type_="foreignkey")
    op.drop_index(op.f("ix_visit_task_device_task_id"), table_name="visit_task")
    op.drop_column("visit_task", "device_task_id")
    op.drop_index("ix_ticket_device_upper_tag", table_name="ticket_device")
    op.create_index(op.f("ix_ticket_device_tag"), "ticket_device", ["tag"], unique=False)
    op.drop_constraint(op.f("fk_ticket_device_device_id"), "ticket_device", type_="foreignkey")
    op.drop_index(op.f("ix_ticket_device_device_id"), table_name="ticket_device")
    op.drop_column("ticket_device", "device_id")
    op.drop_index("uq_stocktake_line_typed", table_name="stocktake_line", postgresql_where=sa.text("device_id IS NULL"))
    op.drop_index(op.f("ix_stocktake_line_device_id"), table_name="stocktake_line")
    op.drop_index("uq_stocktake_line_device", table_name="stocktake_line")
    op.drop_table("stocktake_line")
    op.drop_index(op.f("ix_device_task_wave_share_id"), table_name="device_task")
    op.drop_index(op.f("ix_device_task_stocktake_id"), table_name="device_task")
    op.drop_index(
        "ix_device_task_school_id_open", table_name="device_task", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_index(op.f("ix_device_task_device_id"), table_name="device_task")
    op.drop_table("device_task")
    op.drop_index(op.f("ix_sync_proposal_run_id"), table_name="sync_proposal")
    op.drop_index("ix_sync_proposal_open", table_name="sync_proposal", postgresql_where=sa.text("decision IS NULL"))
    op.drop_index(op.f("ix_sync_proposal_device_id"), table_name="sync_proposal")
    op.drop_table("sync_proposal")
    op.drop_index(op.f("ix_stocktake_case_id"), table_name="stocktake")
    op.drop_index("ix_stocktake_school_id_id", table_name="stocktake")
    op.drop_table("stocktake")
    op.drop_index("uq_loan_open", table_name="loan", postgresql_where=sa.text("returned_at IS NULL"))
    op.drop_index(op.f("ix_loan_user_id"), table_name="loan")
    op.drop_index("ix_loan_school_id_open", table_name="loan", postgresql_where=sa.text("returned_at IS NULL"))
    op.drop_index("ix_loan_holder", table_name="loan")
    op.drop_index("ix_loan_device_id_id", table_name="loan")
    op.drop_table("loan")
    op.drop_index(op.f("ix_device_cost_device_id"), table_name="device_cost")
    op.drop_table("device_cost")
    op.drop_index(
        "ix_device_change_import_id", table_name="device_change", postgresql_where=sa.text("import_id IS NOT NULL")
    )
    op.drop_index("ix_device_change_device_id_id", table_name="device_change")
    op.drop_table("device_change")
    op.drop_index(op.f("ix_wave_share_school_id"), table_name="wave_share")
    op.drop_table("wave_share")
    op.drop_table("school_size")
    op.drop_table("loan_terms")
    op.drop_index(op.f("ix_entitlement_exception_school_id"), table_name="entitlement_exception")
    op.drop_table("entitlement_exception")
    op.drop_index("uq_device_serial", table_name="device", postgresql_where=sa.text("serial IS NOT NULL"))
    op.drop_index("uq_device_mdm_id", table_name="device", postgresql_where=sa.text("mdm_id IS NOT NULL"))
    op.drop_index("uq_device_case_id_slot", table_name="device", postgresql_where=sa.text("case_id IS NOT NULL"))
    op.drop_index("ix_device_warranty_until", table_name="device")
    op.drop_index("ix_device_state_id", table_name="device")
    op.drop_index("ix_device_state_at_id", table_name="device")
    op.drop_index("ix_device_school_id_model_id", table_name="device")
    op.drop_index(
        "ix_device_replaced_by_id", table_name="device", postgresql_where=sa.text("replaced_by_id IS NOT NULL")
    )
    op.drop_index("ix_device_room_id", table_name="device", postgresql_where=sa.text("room_id IS NOT NULL"))
    op.drop_index("ix_device_model_id_id", table_name="device")
    op.drop_index("ix_device_in_service_on_id", table_name="device")
    op.drop_table("device")
    op.drop_table("wave")
    op.drop_table("sync_run")
    op.drop_table("sync_agreed")
    op.drop_table("device_upload")
    op.drop_table("device_model")
    op.drop_table("device_import")
