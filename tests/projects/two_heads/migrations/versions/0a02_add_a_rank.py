"""add a rank"""

import sqlalchemy as sa
from alembic import op

revision = "0a02"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sailors", sa.Column("grade", sa.String(50), nullable=True))


def downgrade() -> None:
    op.drop_column("sailors", "grade")
