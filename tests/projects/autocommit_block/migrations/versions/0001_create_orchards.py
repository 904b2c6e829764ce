"""create orchards"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orchards",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("fruit", sa.Enum("APPLE", "PEAR", name="fruit"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("orchards")
    op.execute("DROP TYPE fruit")
