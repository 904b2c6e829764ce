"""create order lines

Revision ID: d2760b98e35f
Revises: 1c94e7f0b6ad
Create Date: 2026-01-19 11:25:08.733042

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'd2760b98e35f'
down_revision: Union[str, Sequence[str], None] = '1c94e7f0b6ad'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        'order_lines',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('order_id', sa.Integer(), nullable=False),
        sa.Column('product_id', sa.Integer(), nullable=False),
        sa.Column('quantity', sa.Integer(), nullable=False),
        sa.Column('unit_price_cents', sa.Integer(), nullable=False),
        sa.CheckConstraint('quantity > 0', name='ck_order_lines_quantity'),
        sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name='fk_order_lines_order_id'),
        sa.ForeignKeyConstraint(['product_id'], ['products.id'], name='fk_order_lines_product_id'),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_order_lines_order_id', 'order_lines', ['order_id'])
    op.create_index('ix_order_lines_product_id', 'order_lines', ['product_id'])


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table('order_lines')
