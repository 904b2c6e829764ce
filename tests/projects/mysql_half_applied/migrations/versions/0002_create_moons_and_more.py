"""create moons and more"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moons",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
    )
    op.add_column("comets", sa.Column("note", sa.String(50), nullable=True))


def downgrade() -> None:
    op.drop_column("comets", "note")
    op.drop_table("moons")
