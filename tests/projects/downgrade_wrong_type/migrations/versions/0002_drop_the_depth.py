"""drop the depth"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("lakes", "depth")


def downgrade() -> None:
    op.add_column("lakes", sa.Column("depth", sa.String(20), nullable=True))
