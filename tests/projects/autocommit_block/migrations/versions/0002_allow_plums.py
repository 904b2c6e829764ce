"""allow plums"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE fruit ADD VALUE 'PLUM'")


def downgrade() -> None:
    op.execute("ALTER TYPE fruit RENAME TO fruit_with_plum")
    op.execute("CREATE TYPE fruit AS ENUM ('APPLE', 'PEAR')")
    op.execute("ALTER TABLE orchards ALTER COLUMN fruit TYPE fruit USING fruit::text::fruit")
    op.execute("DROP TYPE fruit_with_plum")
