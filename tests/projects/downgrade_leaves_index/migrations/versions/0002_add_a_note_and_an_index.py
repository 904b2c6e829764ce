"""add a note and an index"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("farmers", sa.Column("note", sa.String(50), nullable=True))
    op.create_index("ix_farmers_name", "farmers", ["name"])


def downgrade() -> None:
    op.drop_column("farmers", "note")
