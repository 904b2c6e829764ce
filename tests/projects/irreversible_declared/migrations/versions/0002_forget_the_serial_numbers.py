"""forget the serial numbers"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("pianos", "serial")


def downgrade() -> None:
    # alembic-ci: irreversible the serial numbers are gone
    raise NotImplementedError("the serial numbers are gone")
