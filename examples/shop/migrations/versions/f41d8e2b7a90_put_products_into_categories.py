"""put products into categories

Revision ID: f41d8e2b7a90
Revises: 7b05a1d3c8e6
Create Date: 2026-02-16 10:31:44.518830

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = 'f41d8e2b7a90'
down_revision: Union[str, Sequence[str], None] = '7b05a1d3c8e6'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def products(*later: sa.Column) -> sa.Table:
    """Return the table as it is here, so that SQLite's copy of it needs no reflection."""
    return sa.Table(
        'products',
        sa.MetaData(),
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sku', sa.String(length=40), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('price_cents', sa.Integer(), nullable=False),
        sa.Column('description', sa.Text(), nullable=True),
        sa.Column('stock', sa.Integer(), server_default='0', nullable=False),
        *later,
        sa.PrimaryKeyConstraint('id'),
        sa.Index('ix_products_sku', 'sku', unique=True),
    )


def upgrade() -> None:
    """Upgrade schema."""
    op.create_table(
        'categories',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint('id'),
    )
    with op.batch_alter_table('products', copy_from=products()) as batch_op:
        batch_op.add_column(sa.Column('category_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_products_category_id', ['category_id'])
        batch_op.create_foreign_key(
            'fk_products_category_id', 'categories', ['category_id'], ['id']
        )


def downgrade() -> None:
    """Downgrade schema."""
    category = sa.Column(
        'category_id',
        sa.Integer(),
        sa.ForeignKey('categories.id', name='fk_products_category_id'),
        nullable=True,
    )
    table = products(category)
    sa.Index('ix_products_category_id', table.c.category_id)
    with op.batch_alter_table('products', copy_from=table) as batch_op:
        batch_op.drop_constraint('fk_products_category_id', type_='foreignkey')
        batch_op.drop_index('ix_products_category_id')
        batch_op.drop_column('category_id')
    op.drop_table('categories')
