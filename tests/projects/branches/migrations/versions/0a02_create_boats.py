"""create boats"""

import sqlalchemy as sa
from alembic import op

revision = "0a02"
down_revision = "0001"
branch_labels = ("boating",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "boats",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("boats")
