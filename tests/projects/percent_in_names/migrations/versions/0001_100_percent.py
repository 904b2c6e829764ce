"""100% of the rebates"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rebates_%",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("share_%", sa.Integer(), nullable=True),
    )
    op.create_index("ix_rebates_%", "rebates_%", ["share_%"])


def downgrade() -> None:
    op.drop_table("rebates_%")
