"""unique email and sku

Revision ID: a83f6d215b07
Revises: 5e1b0c7a94d2
Create Date: 2026-01-12 16:40:51.902115

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'a83f6d215b07'
down_revision: Union[str, Sequence[str], None] = '5e1b0c7a94d2'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.create_index('ix_customers_email', 'customers', ['email'], unique=True)
    op.create_index('ix_products_sku', 'products', ['sku'], unique=True)


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_index('ix_products_sku', table_name='products')
    op.drop_index('ix_customers_email', table_name='customers')
