"""add a seal"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rows = op.get_bind().execute(sa.text("SELECT name FROM notaries")).fetchall()
    op.add_column("notaries", sa.Column("seal", sa.String(80 if rows else 40), nullable=True))
    op.execute("INSERT INTO notaries (name) VALUES ('Anna')")


def downgrade() -> None:
    op.drop_column("notaries", "seal")
