"""create keepers"""

import os
import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keepers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
    )
    time.sleep(float(os.environ.get("SLOW_SECONDS", "60")))


def downgrade() -> None:
    op.drop_table("keepers")
