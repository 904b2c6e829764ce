"""keep the total of each order

Revision ID: 0e9c53b6d7f1
Revises: f41d8e2b7a90
Create Date: 2026-03-02 08:47:12.291460

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '0e9c53b6d7f1'
down_revision: Union[str, Sequence[str], None] = 'f41d8e2b7a90'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def orders(*, nullable: bool) -> sa.Table:
    """Return the table with its new column, so that SQLite's copy of it needs no reflection."""
    return sa.Table(
        'orders',
        sa.MetaData(),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column(
            'status',
            sa.Enum(
                'NEW', 'PAID', 'SHIPPED', 'CANCELLED', name='order_status', create_constraint=True
            ),
            server_default='NEW',
            nullable=False,
        ),
        sa.Column('placed_at', sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column('total_cents', sa.Integer(), nullable=nullable),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name='fk_orders_customer_id'),
        sa.PrimaryKeyConstraint('id'),
        sa.Index('ix_orders_customer_id', 'customer_id'),
        sa.Index('ix_orders_status_placed_at', 'status', 'placed_at'),
    )


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('orders', sa.Column('total_cents', sa.Integer(), nullable=True))
    op.execute(
        'UPDATE orders SET total_cents = (SELECT coalesce(sum(quantity * unit_price_cents), 0)'
        ' FROM order_lines WHERE order_lines.order_id = orders.id)'
    )
    with op.batch_alter_table('orders', copy_from=orders(nullable=True)) as batch_op:
        batch_op.alter_column('total_cents', existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('orders', 'total_cents')
