"""add a rebate of 5%"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rebates_%", sa.Column("note_%", sa.String(50), nullable=True))
    op.bulk_insert(
        sa.table("rebates_%", sa.column("name", sa.String())),
        [{"name": "5 %"}, {"name": "%(five)s"}],
    )


def downgrade() -> None:
    op.drop_column("rebates_%", "note_%")
