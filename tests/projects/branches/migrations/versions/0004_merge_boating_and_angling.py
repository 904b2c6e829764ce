"""merge boating and angling"""

revision = "0004"
down_revision = ("0a03", "0b03")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
