"""Let `python -m alembic_ci` be the command line."""

import sys

from alembic_ci.cli import main

sys.exit(main())
