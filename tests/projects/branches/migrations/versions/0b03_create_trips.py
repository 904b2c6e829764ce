"""create trips"""

import sqlalchemy as sa
from alembic import op

revision = "0b03"
down_revision = "0b02"
branch_labels = None
depends_on = "0a02"


def upgrade() -> None:
    op.create_table(
        "trips",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("boat_id", sa.Integer(), sa.ForeignKey("boats.id"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("trips")
