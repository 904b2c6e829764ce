"""add a note and a first row"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("museums", sa.Column("note", sa.String(50), nullable=True))
    op.execute("INSERT INTO museums (id, name) VALUES (1, 'Louvre')")


def downgrade() -> None:
    op.drop_column("museums", "note")
