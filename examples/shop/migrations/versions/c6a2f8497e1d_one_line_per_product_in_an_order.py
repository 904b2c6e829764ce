"""one line per product in an order

Revision ID: c6a2f8497e1d
Revises: 0e9c53b6d7f1
Create Date: 2026-03-09 13:18:29.640752

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'c6a2f8497e1d'
down_revision: Union[str, Sequence[str], None] = '0e9c53b6d7f1'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def order_lines(*constraints: sa.Constraint) -> sa.Table:
    """Return the table as it is here, so that SQLite's copy of it needs no reflection."""
    return sa.Table(
        'order_lines',
        sa.MetaData(),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('order_id', sa.Integer(), nullable=False),
        sa.Column('product_id', sa.Integer(), nullable=False),
        sa.Column('quantity', sa.Integer(), nullable=False),
        sa.Column('unit_price_cents', sa.Integer(), nullable=False),
        sa.CheckConstraint('quantity > 0', name='ck_order_lines_quantity'),
        sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name='fk_order_lines_order_id'),
        sa.ForeignKeyConstraint(['product_id'], ['products.id'], name='fk_order_lines_product_id'),
        sa.PrimaryKeyConstraint('id'),
        sa.Index('ix_order_lines_order_id', 'order_id'),
        sa.Index('ix_order_lines_product_id', 'product_id'),
        *constraints,
    )


def upgrade() -> None:
    """Upgrade schema."""
    with op.batch_alter_table('order_lines', copy_from=order_lines()) as batch_op:
        batch_op.create_unique_constraint(
            'uq_order_lines_order_product', ['order_id', 'product_id']
        )


def downgrade() -> None:
    """Downgrade schema."""
    unique = sa.UniqueConstraint('order_id', 'product_id', name='uq_order_lines_order_product')
    with op.batch_alter_table('order_lines', copy_from=order_lines(unique)) as batch_op:
        batch_op.drop_constraint('uq_order_lines_order_product', type_='unique')
