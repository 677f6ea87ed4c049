"""Damage claims."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_damage_claims"
down_revision = "0005_knowledge_base"
branch_labels = None
depends_on = None

_TASKS = ("missing", "elsewhere", "unknown", "delivery", "move_away")


def _set_task_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_device_task_taskkind"), "device_task", type_="check")
    op.create_check_constraint(op.f("ck_device_task_taskkind"), "device_task", f"kind IN ({listed})")


def upgrade() -> None:
    _set_task_kinds(*_TASKS, "swap")
    op.create_table(
        "damage_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("devices >= 0 AND damaged >= 0 AND missing >= 0", name=op.f("ck_damage_year_counts")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_damage_year")),
    )
    op.create_table(
        "valuation_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("convention", sa.Text(), nullable=False),
        sa.Column("floor_basis_points", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("floor_basis_points BETWEEN 0 AND 10000", name=op.f("ck_valuation_policy_floor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valuation_policy")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_valuation_policy_valid_from")),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("known_lines", sa.Integer(), nullable=False),
        sa.Column("refused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["booked_by_id"], ["user.id"], name=op.f("fk_bank_statement_booked_by_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_bank_statement_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("digest", name=op.f("uq_bank_statement_digest")),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("ignored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ignored_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ignored_by_id"], ["user.id"], name=op.f("fk_bank_line_ignored_by_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("bank_reference", name=op.f("uq_bank_line_bank_reference")),
    )
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"], unique=False)
    op.create_index(
        "ix_bank_line_kept",
        "bank_line",
        ["statement_id", "number"],
        unique=False,
        postgresql_where=sa.text("ignored_at IS NULL"),
    )
    op.create_table(
        "damage_incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("reporter_name", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("happened_to", sa.Date(), nullable=True),
        sa.Column("discovered_on", sa.Date(), nullable=False),
        sa.Column(
            "place",
            sa.Enum(
                "lesson",
                "school",
                "store",
                "way",
                "home",
                "trip",
                "elsewhere",
                name="place",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("was_locked_away", sa.Boolean(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("witnesses", sa.Boolean(), nullable=False),
        sa.Column("third_party", sa.Boolean(), nullable=False),
        sa.Column("police_station", sa.Text(), nullable=False),
        sa.Column("police_reference", sa.Text(), nullable=False),
        sa.Column("police_reported_on", sa.Date(), nullable=True),
        sa.Column("form_key", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "discovered_on >= coalesce(happened_on, discovered_on)", name=op.f("ck_damage_incident_discovered")
        ),
        sa.CheckConstraint("happened_to IS NULL OR happened_to >= happened_on", name=op.f("ck_damage_incident_range")),
        sa.ForeignKeyConstraint(["reporter_id"], ["user.id"], name=op.f("fk_damage_incident_reporter_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_damage_incident_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_incident")),
        sa.UniqueConstraint("form_key", name=op.f("uq_damage_incident_form_key")),
    )
    op.create_index(op.f("ix_damage_incident_reporter_id"), "damage_incident", ["reporter_id"], unique=False)
    op.create_index(op.f("ix_damage_incident_school_id"), "damage_incident", ["school_id"], unique=False)
    op.create_table(
        "damage_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("device_label", sa.Text(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "damage",
                "theft",
                "loss",
                "not_returned",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "statistics_class",
            sa.Enum(
                "damage", "theft", "loss", name="statisticsclass", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "drop",
                "liquid",
                "pressure",
                "transport",
                "wear",
                "force",
                "defect",
                "unknown",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("accessories", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_usable", sa.Boolean(), nullable=False),
        sa.Column("needs_replacement", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reported",
                "examined",
                "repair",
                "replacement",
                "write_off",
                "closed",
                "found",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clerk_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("device_state_before", sa.Text(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("replacement_id", sa.Integer(), nullable=True),
        sa.Column("replaced_on", sa.Date(), nullable=True),
        sa.Column("swap_task_id", sa.Integer(), nullable=True),
        sa.Column("swap_missed_on", sa.Date(), nullable=True),
        sa.Column("has_claim", sa.Boolean(), nullable=True),
        sa.Column("warned_for_on", sa.Date(), nullable=True),
        sa.Column("warned_days", sa.Integer(), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=False),
        sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'found') <= (found_on IS NOT NULL)", name=op.f("ck_damage_case_found")),
        sa.CheckConstraint(
            "(state IN ('closed', 'found', 'withdrawn')) = (over_at IS NOT NULL)", name=op.f("ck_damage_case_over")
        ),
        sa.ForeignKeyConstraint(["clerk_id"], ["user.id"], name=op.f("fk_damage_case_clerk_id")),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_damage_case_device_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["damage_incident.id"], name=op.f("fk_damage_case_incident_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_damage_case_loan_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["replacement_id"], ["device.id"], name=op.f("fk_damage_case_replacement_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_damage_case_school_id")),
        sa.ForeignKeyConstraint(
            ["swap_task_id"], ["device_task.id"], name=op.f("fk_damage_case_swap_task_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_damage_case_ticket_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_case")),
    )
    op.create_index(op.f("ix_damage_case_clerk_id"), "damage_case", ["clerk_id"], unique=False)
    op.create_index(op.f("ix_damage_case_incident_id"), "damage_case", ["incident_id"], unique=False)
    op.create_index(op.f("ix_damage_case_loan_id"), "damage_case", ["loan_id"], unique=False)
    op.create_index(op.f("ix_damage_case_replacement_id"), "damage_case", ["replacement_id"], unique=False)
    op.create_index("ix_damage_case_school_id_id", "damage_case", ["school_id", "id"], unique=False)
    op.create_index("ix_damage_case_state_id", "damage_case", ["state", "id"], unique=False)
    op.create_index(op.f("ix_damage_case_swap_task_id"), "damage_case", ["swap_task_id"], unique=False)
    op.create_index(op.f("ix_damage_case_ticket_id"), "damage_case", ["ticket_id"], unique=False)
    op.create_index(
        "uq_damage_case_open_device",
        "damage_case",
        ["device_id"],
        unique=True,
        postgresql_where=sa.text("over_at IS NULL AND device_id IS NOT NULL"),
    )
    op.create_table(
        "damage_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "reported",
                "examined",
                "repair",
                "replacement",
                "write_off",
                "closed",
                "found",
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
                "reported",
                "examined",
                "repair",
                "replacement",
                "write_off",
                "closed",
                "found",
                "withdrawn",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_damage_entry_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_damage_entry_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_entry")),
    )
    op.create_index(op.f("ix_damage_entry_case_id"), "damage_entry", ["case_id"], unique=False)
    op.create_table(
        "damage_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "photo",
                "evidence",
                "police",
                "quote",
                "invoice",
                "answer",
                "insight",
                "other",
                name="paperkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_damage_paper_added_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_damage_paper_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_paper")),
        sa.UniqueConstraint("token", name=op.f("uq_damage_paper_token")),
    )
    op.create_index(op.f("ix_damage_paper_case_id"), "damage_paper", ["case_id"], unique=False)
    op.create_table(
        "damage_repair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("supplier_reference", sa.Text(), nullable=False),
        sa.Column("quote_net_cents", sa.Integer(), nullable=True),
        sa.Column("quoted_on", sa.Date(), nullable=True),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("invoice_gross_cents", sa.Integer(), nullable=True),
        sa.Column("invoiced_on", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("is_declined", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("invoice_gross_cents > 0", name=op.f("ck_damage_repair_invoice")),
        sa.CheckConstraint("quote_net_cents > 0", name=op.f("ck_damage_repair_quote")),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_damage_repair_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_repair")),
    )
    op.create_index(op.f("ix_damage_repair_case_id"), "damage_repair", ["case_id"], unique=False)
    op.create_table(
        "damage_valuation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("accessory", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("convention", sa.Text(), nullable=False),
        sa.Column("base_cents", sa.Integer(), nullable=False),
        sa.Column("in_service_on", sa.Date(), nullable=False),
        sa.Column("damaged_on", sa.Date(), nullable=False),
        sa.Column("life_months", sa.Integer(), nullable=False),
        sa.Column("floor_basis_points", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("sources", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("value_cents BETWEEN 0 AND base_cents", name=op.f("ck_damage_valuation_value")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_damage_valuation_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_damage_valuation_case_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["valuation_policy.id"], name=op.f("fk_damage_valuation_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_valuation")),
    )
    op.create_index(op.f("ix_damage_valuation_case_id"), "damage_valuation", ["case_id"], unique=False)
    op.create_table(
        "mdm_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_mdm_look_case_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mdm_look_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdm_look")),
    )
    op.create_index(op.f("ix_mdm_look_case_id"), "mdm_look", ["case_id"], unique=False)
    op.create_table(
        "mdm_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("lock", "locate", "unlock", name="orderkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "released",
                "confirmed",
                "refused",
                "withdrawn",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("purpose <> ''", name=op.f("ck_mdm_order_purpose")),
        sa.CheckConstraint(
            "kind = 'unlock' OR state NOT IN ('released', 'confirmed', 'refused') OR released_by_id IS NOT NULL",
            name=op.f("ck_mdm_order_released"),
        ),
        sa.CheckConstraint("(state = 'confirmed') = (done_at IS NOT NULL)", name=op.f("ck_mdm_order_done")),
        sa.CheckConstraint(
            "released_by_id IS NULL OR released_by_id <> requested_by_id", name=op.f("ck_mdm_order_two_people")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_mdm_order_case_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_mdm_order_done_by_id")),
        sa.ForeignKeyConstraint(["released_by_id"], ["user.id"], name=op.f("fk_mdm_order_released_by_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["user.id"], name=op.f("fk_mdm_order_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdm_order")),
    )
    op.create_index(op.f("ix_mdm_order_case_id"), "mdm_order", ["case_id"], unique=False)
    op.create_index(
        "uq_mdm_order_open",
        "mdm_order",
        ["case_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'released')"),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "examining",
                "hearing",
                "proposed",
                "approved",
                "demanded",
                "dunned",
                "instalments",
                "deferred",
                "suspended",
                "enforced",
                "paid",
                "waived",
                "dropped",
                "cancelled",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clerk_id", sa.Integer(), nullable=True),
        sa.Column(
            "legal_basis",
            sa.Enum("private", "public", name="legalbasis", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "fault",
            sa.Enum(
                "none", "light", "gross", "intent", name="fault", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("hearing_until", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=True),
        sa.Column("amount_by_ids", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("overdue_told_on", sa.Date(), nullable=True),
        sa.Column("suspended_days", sa.Integer(), nullable=False),
        sa.Column("is_at_court", sa.Boolean(), nullable=False),
        sa.Column("warned_for_on", sa.Date(), nullable=True),
        sa.Column("warned_days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waiver_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("waived_by_id", sa.Integer(), nullable=True),
        sa.Column("accounts_adopted_on", sa.Date(), nullable=True),
        sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('paid', 'waived', 'dropped', 'cancelled')) = (over_at IS NOT NULL)", name=op.f("ck_claim_over")
        ),
        sa.CheckConstraint("reference ~ '^[0-9]{12}$'", name=op.f("ck_claim_reference")),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'demanded', 'dunned', 'instalments', 'deferred', 'suspended', 'enforced', 'paid', 'waived') OR (approved_at IS NOT NULL AND approved_by_id IS NOT NULL AND amount_cents IS NOT NULL AND fault IN ('gross', 'intent'))",
            name=op.f("ck_claim_gates"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_claim_amount")),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR NOT approved_by_id = ANY (array_append(amount_by_ids, proposed_by_id))",
            name=op.f("ck_claim_four_eyes"),
        ),
        sa.CheckConstraint(
            "waived_by_id IS NULL OR waived_by_id <> waiver_asked_by_id", name=op.f("ck_claim_waiver_four_eyes")
        ),
        sa.ForeignKeyConstraint(["waiver_asked_by_id"], ["user.id"], name=op.f("fk_claim_waiver_asked_by_id")),
        sa.ForeignKeyConstraint(["waived_by_id"], ["user.id"], name=op.f("fk_claim_waived_by_id")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_claim_approved_by_id")),
        sa.ForeignKeyConstraint(["clerk_id"], ["user.id"], name=op.f("fk_claim_clerk_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["damage_paper.id"], name=op.f("fk_claim_evidence_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["damage_incident.id"], name=op.f("fk_claim_incident_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_claim_proposed_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_claim_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("reference", name=op.f("uq_claim_reference")),
    )
    op.create_index(op.f("ix_claim_clerk_id"), "claim", ["clerk_id"], unique=False)
    op.create_index(op.f("ix_claim_incident_id"), "claim", ["incident_id"], unique=False)
    op.create_index(op.f("ix_claim_school_id"), "claim", ["school_id"], unique=False)
    op.create_index("ix_claim_state_id", "claim", ["state", "id"], unique=False)
    op.create_table(
        "mdm_position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("accuracy_metres", sa.Double(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name=op.f("ck_mdm_position_at")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_mdm_position_case_id")),
        sa.ForeignKeyConstraint(["order_id"], ["mdm_order.id"], name=op.f("fk_mdm_position_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mdm_position")),
    )
    op.create_index(op.f("ix_mdm_position_case_id"), "mdm_position", ["case_id"], unique=False)
    op.create_index(op.f("ix_mdm_position_order_id"), "mdm_position", ["order_id"], unique=False)
    op.create_table(
        "claim_booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "principal",
                "fee",
                "interest",
                "payment",
                "insurer",
                "waiver",
                "refund",
                name="bookingkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("is_reversed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_claim_booking_cents")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_claim_booking_author_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_booking_claim_id")),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_claim_booking_line_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["claim_booking.id"], name=op.f("fk_claim_booking_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_booking")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_claim_booking_reverses_id")),
    )
    op.create_index(op.f("ix_claim_booking_claim_id"), "claim_booking", ["claim_id"], unique=False)
    op.create_index(
        "uq_claim_booking_fee",
        "claim_booking",
        ["claim_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'fee' AND reverses_id IS NULL AND NOT is_reversed"),
    )
    op.create_index(op.f("ix_claim_booking_line_id"), "claim_booking", ["line_id"], unique=False)
    op.create_table(
        "claim_debtor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "pupil",
                "guardian_contract",
                "supervision",
                "third_party",
                "state",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("guardian", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("is_of_age", sa.Boolean(), nullable=False),
        sa.Column("insight", sa.Text(), nullable=False),
        sa.Column("insight_paper_id", sa.Integer(), nullable=True),
        sa.Column("heard_until", sa.Date(), nullable=True),
        sa.Column("insurer", sa.Text(), nullable=False),
        sa.Column("insurer_reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_debtor_claim_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["insight_paper_id"], ["damage_paper.id"], name=op.f("fk_claim_debtor_insight_paper_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_debtor")),
    )
    op.create_index(op.f("ix_claim_debtor_claim_id"), "claim_debtor", ["claim_id"], unique=False)
    op.create_table(
        "claim_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "examining",
                "hearing",
                "proposed",
                "approved",
                "demanded",
                "dunned",
                "instalments",
                "deferred",
                "suspended",
                "enforced",
                "paid",
                "waived",
                "dropped",
                "cancelled",
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
                "examining",
                "hearing",
                "proposed",
                "approved",
                "demanded",
                "dunned",
                "instalments",
                "deferred",
                "suspended",
                "enforced",
                "paid",
                "waived",
                "dropped",
                "cancelled",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_claim_entry_author_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_entry_claim_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_entry")),
    )
    op.create_index(op.f("ix_claim_entry_claim_id"), "claim_entry", ["claim_id"], unique=False)
    op.create_table(
        "claim_instalment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_claim_instalment_cents")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_instalment_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_instalment")),
        sa.UniqueConstraint("claim_id", "plan", "number", name=op.f("uq_claim_instalment_claim_id_plan_number")),
    )
    op.create_table(
        "claim_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("valuation_id", sa.Integer(), nullable=True),
        sa.Column("repair_id", sa.Integer(), nullable=True),
        sa.Column("repair_cents", sa.Integer(), nullable=True),
        sa.Column("wreck_cents", sa.Integer(), nullable=False),
        sa.Column("accessory_cents", sa.Integer(), nullable=False),
        sa.Column("quota_basis_points", sa.Integer(), nullable=False),
        sa.Column("insurer_cents", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("quota_basis_points BETWEEN 1 AND 10000", name=op.f("ck_claim_item_quota")),
        sa.CheckConstraint(
            "wreck_cents >= 0 AND accessory_cents >= 0 AND insurer_cents >= 0 AND amount_cents >= 0",
            name=op.f("ck_claim_item_amounts"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["damage_case.id"], name=op.f("fk_claim_item_case_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_item_claim_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["repair_id"], ["damage_repair.id"], name=op.f("fk_claim_item_repair_id")),
        sa.ForeignKeyConstraint(["valuation_id"], ["damage_valuation.id"], name=op.f("fk_claim_item_valuation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_item")),
    )
    op.create_index(op.f("ix_claim_item_case_id"), "claim_item", ["case_id"], unique=False)
    op.create_index(op.f("ix_claim_item_claim_id"), "claim_item", ["claim_id"], unique=False)
    op.create_index(
        "uq_claim_item_current", "claim_item", ["case_id"], unique=True, postgresql_where=sa.text("is_current")
    )
    op.create_table(
        "claim_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("debtor_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "hearing",
                "demand",
                "reminder",
                "instalments",
                "deferral",
                "waiver",
                "receipt",
                "withdrawal",
                name="letterkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("open_cents", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("run", sa.Text(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("post", "mail", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(sent_at IS NULL) = (channel IS NULL)", name=op.f("ck_claim_letter_sent")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_letter_claim_id")),
        sa.ForeignKeyConstraint(
            ["debtor_id"], ["claim_debtor.id"], name=op.f("fk_claim_letter_debtor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_claim_letter_made_by_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user.id"], name=op.f("fk_claim_letter_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_letter")),
        sa.UniqueConstraint(
            "run", "claim_id", "debtor_id", "kind", name=op.f("uq_claim_letter_run_claim_id_debtor_id_kind")
        ),
    )
    op.create_index(op.f("ix_claim_letter_claim_id"), "claim_letter", ["claim_id"], unique=False)
    op.create_table(
        "claim_letter_round",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("orders", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("left_out", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_by_id", sa.Integer(), nullable=True),
        sa.Column("posted_up_to_id", sa.Integer(), nullable=False),
        sa.Column("not_posted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_running", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "written BETWEEN 0 AND jsonb_array_length(orders)", name=op.f("ck_claim_letter_round_written")
        ),
        sa.CheckConstraint("(posted_on IS NULL) = (posted_by_id IS NULL)", name=op.f("ck_claim_letter_round_posted")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_claim_letter_round_asked_by_id")),
        sa.ForeignKeyConstraint(["posted_by_id"], ["user.id"], name=op.f("fk_claim_letter_round_posted_by_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_claim_letter_round")),
    )


def downgrade() -> None:
    op.drop_table("claim_letter_round")
    op.drop_index(op.f("ix_claim_letter_claim_id"), table_name="claim_letter")
    op.drop_table("claim_letter")
    op.drop_index("uq_claim_item_current", table_name="claim_item", postgresql_where=sa.text("is_current"))
    op.drop_index(op.f("ix_claim_item_claim_id"), table_name="claim_item")
    op.drop_index(op.f("ix_claim_item_case_id"), table_name="claim_item")
    op.drop_table("claim_item")
    op.drop_table("claim_instalment")
    op.drop_index(op.f("ix_claim_entry_claim_id"), table_name="claim_entry")
    op.drop_table("claim_entry")
    op.drop_index(op.f("ix_claim_debtor_claim_id"), table_name="claim_debtor")
    op.drop_table("claim_debtor")
    op.drop_index(op.f("ix_claim_booking_line_id"), table_name="claim_booking")
    op.drop_index(
        "uq_claim_booking_fee",
        table_name="claim_booking",
        postgresql_where=sa.text("kind = 'fee' AND reverses_id IS NULL AND NOT is_reversed"),
    )
    op.drop_index(op.f("ix_claim_booking_claim_id"), table_name="claim_booking")
    op.drop_table("claim_booking")
    op.drop_index(op.f("ix_mdm_position_order_id"), table_name="mdm_position")
    op.drop_index(op.f("ix_mdm_position_case_id"), table_name="mdm_position")
    op.drop_table("mdm_position")
    op.drop_index("ix_claim_state_id", table_name="claim")
    op.drop_index(op.f("ix_claim_school_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_incident_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_clerk_id"), table_name="claim")
    op.drop_table("claim")
    op.drop_index(
        "uq_mdm_order_open", table_name="mdm_order", postgresql_where=sa.text("state IN ('requested', 'released')")
    )
    op.drop_index(op.f("ix_mdm_order_case_id"), table_name="mdm_order")
    op.drop_table("mdm_order")
    op.drop_index(op.f("ix_mdm_look_case_id"), table_name="mdm_look")
    op.drop_table("mdm_look")
    op.drop_index(op.f("ix_damage_valuation_case_id"), table_name="damage_valuation")
    op.drop_table("damage_valuation")
    op.drop_index(op.f("ix_damage_repair_case_id"), table_name="damage_repair")
    op.drop_table("damage_repair")
    op.drop_index(op.f("ix_damage_paper_case_id"), table_name="damage_paper")
    op.drop_table("damage_paper")
    op.drop_index(op.f("ix_damage_entry_case_id"), table_name="damage_entry")
    op.drop_table("damage_entry")
    op.drop_index(
        "uq_damage_case_open_device",
        table_name="damage_case",
        postgresql_where=sa.text("over_at IS NULL AND device_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_damage_case_ticket_id"), table_name="damage_case")
    op.drop_index(op.f("ix_damage_case_swap_task_id"), table_name="damage_case")
    op.drop_index("ix_damage_case_state_id", table_name="damage_case")
    op.drop_index("ix_damage_case_school_id_id", table_name="damage_case")
    op.drop_index(op.f("ix_damage_case_replacement_id"), table_name="damage_case")
    op.drop_index(op.f("ix_damage_case_loan_id"), table_name="damage_case")
    op.drop_index(op.f("ix_damage_case_incident_id"), table_name="damage_case")
    op.drop_index(op.f("ix_damage_case_clerk_id"), table_name="damage_case")
    op.drop_table("damage_case")
    op.drop_index(op.f("ix_damage_incident_school_id"), table_name="damage_incident")
    op.drop_index(op.f("ix_damage_incident_reporter_id"), table_name="damage_incident")
    op.drop_table("damage_incident")
    op.drop_index("ix_bank_line_kept", table_name="bank_line", postgresql_where=sa.text("ignored_at IS NULL"))
    op.drop_index(op.f("ix_bank_line_statement_id"), table_name="bank_line")
    op.drop_table("bank_line")
    op.drop_table("bank_statement")
    op.drop_table("valuation_policy")
    op.drop_table("damage_year")
    op.execute("UPDATE device_task SET kind = 'elsewhere' WHERE kind = 'swap'")
    _set_task_kinds(*_TASKS)
