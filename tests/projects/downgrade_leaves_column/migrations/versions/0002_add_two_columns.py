"""add two columns"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("editors", sa.Column("phone", sa.String(50), nullable=True))
    op.add_column("editors", sa.Column("town", sa.String(50), nullable=True))


def downgrade() -> None:
    op.drop_column("editors", "phone")
