"""add a note and a check"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


gardens = sa.Table(
    "gardens",
    sa.MetaData(),
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("area", sa.Integer(), nullable=False),
)


def upgrade() -> None:
    with op.batch_alter_table("gardens", copy_from=gardens) as batch:
        batch.create_check_constraint("ck_gardens_area", "area > 0")
    op.add_column("gardens", sa.Column("note", sa.String(50), nullable=True))


def downgrade() -> None:
    op.drop_column("gardens", "note")
