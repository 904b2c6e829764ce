"""add a note"""

import sqlalchemy as sa
from alembic import op

revision = "0a03"
down_revision = "0a02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("boats", sa.Column("note", sa.String(50), nullable=True))


def downgrade() -> None:
    op.drop_column("boats", "note")
