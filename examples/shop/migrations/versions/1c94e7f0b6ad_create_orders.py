"""create orders

Revision ID: 1c94e7f0b6ad
Revises: a83f6d215b07
Create Date: 2026-01-19 11:02:37.450981

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '1c94e7f0b6ad'
down_revision: Union[str, Sequence[str], None] = 'a83f6d215b07'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


STATUSES = ('NEW', 'PAID', 'SHIPPED', 'CANCELLED')


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        'orders',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        # a type of its own on PostgreSQL, inline on MySQL, VARCHAR with a CHECK on SQLite
        sa.Column(
            'status',
            sa.Enum(*STATUSES, name='order_status', create_constraint=True),
            server_default='NEW',
            nullable=False,
        ),
        sa.Column('placed_at', sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customers.id'], name='fk_orders_customer_id'),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_orders_customer_id', 'orders', ['customer_id'])
    op.create_index('ix_orders_status_placed_at', 'orders', ['status', 'placed_at'])


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_table('orders')
    if op.get_context().dialect.name == 'postgresql':
        op.execute('DROP TYPE order_status')
