"""Drives that were asked of a map server, and when it did not answer."""

import sqlalchemy as sa
from alembic import op


revision = "0004_travel_pairs"
down_revision = "0003_week_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
    op.drop_table("travel_pair")
    op.drop_table("travel_failure")
