"""unique names"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_queens_name", "queens", ["name"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_queens_name", table_name="queens")
