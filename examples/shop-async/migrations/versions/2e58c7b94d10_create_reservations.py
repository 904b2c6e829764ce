"""create reservations

Revision ID: 2e58c7b94d10
Revises: 93ad1f6c02b7
Create Date: 2026-04-07 15:22:46.870213

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '2e58c7b94d10'
down_revision: Union[str, Sequence[str], None] = '93ad1f6c02b7'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        'reservations',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('product_id', sa.Integer(), nullable=False),
        sa.Column('quantity', sa.Integer(), nullable=False),
        sa.Column('expires_at', sa.DateTime(), nullable=False),
        sa.CheckConstraint('quantity > 0', name='ck_reservations_quantity'),
        sa.ForeignKeyConstraint(
            ['product_id'], ['products.id'], name='fk_reservations_product_id'
        ),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index(
        'ix_reservations_product_id_expires_at', 'reservations', ['product_id', 'expires_at']
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table('reservations')
