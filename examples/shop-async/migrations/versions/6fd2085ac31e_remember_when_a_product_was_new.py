"""remember when a product was new

Revision ID: 6fd2085ac31e
Revises: b7401e9fd356
Create Date: 2026-05-04 17:11:59.426033

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = '6fd2085ac31e'
down_revision: Union[str, Sequence[str], None] = 'b7401e9fd356'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    """Upgrade schema."""
    op.add_column('products', sa.Column('listed_at', sa.DateTime(), nullable=True))
    op.execute('UPDATE products SET listed_at = CURRENT_TIMESTAMP')


def downgrade() -> None:
    """Downgrade schema."""
    op.drop_column('products', 'listed_at')
