"""add phone, description and stock

Revision ID: 7b05a1d3c8e6
Revises: d2760b98e35f
Create Date: 2026-02-02 14:55:20.067319

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '7b05a1d3c8e6'
down_revision: Union[str, Sequence[str], None] = 'd2760b98e35f'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('customers', sa.Column('phone', sa.String(length=40), nullable=True))
    op.add_column('products', sa.Column('description', sa.Text(), nullable=True))
    op.add_column(
        'products', sa.Column('stock', sa.Integer(), server_default='0', nullable=False)
    )


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('products', 'stock')
    op.drop_column('products', 'description')
    op.drop_column('customers', 'phone')
