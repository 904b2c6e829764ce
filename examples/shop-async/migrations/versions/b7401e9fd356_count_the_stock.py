"""count the stock

Revision ID: b7401e9fd356
Revises: 2e58c7b94d10
Create Date: 2026-04-20 09:48:30.152908

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'b7401e9fd356'
down_revision: Union[str, Sequence[str], None] = '2e58c7b94d10'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column(
        'products', sa.Column('stock', sa.Integer(), server_default='0', nullable=False)
    )
    op.create_index('ix_products_stock', 'products', ['stock'])


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index('ix_products_stock', table_name='products')
    op.drop_column('products', 'stock')
