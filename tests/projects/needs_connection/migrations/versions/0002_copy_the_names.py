"""copy the names"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("quarries", sa.Column("label", sa.String(200), nullable=True))

    quarries = sa.table("quarries", sa.column("id"), sa.column("name"), sa.column("label"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(quarries.c.id, quarries.c.name)).fetchall():
        change = quarries.update().where(quarries.c.id == row[0]).values(label=row[1].upper())
        connection.execute(change)


def downgrade() -> None:
    op.drop_column("quarries", "label")
