"""create rooms"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hotel_rooms",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Enum("SINGLE", "DOUBLE", name="room_kind"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("hotel_rooms")
