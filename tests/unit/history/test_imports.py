from pathlib import Path

import pytest

from alembic_ci.errors import HistoryError
from alembic_ci.history import Revision
from alembic_ci.history.parsing import parsed


def read(root: Path, text: str) -> Revision:
    path = root / "shop/db/versions/a1.py"
    source = f"{text}\nrevision = 'a1'\ndown_revision = None\n"
    return parsed(source.encode(), path, "a1.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    package = tmp_path / "shop/db"
    (package / "versions").mkdir(parents=True)
    (package / "labels.py").write_text("raise ImportError\nSTOCK = 'stock'\nCOUNT = len('x')\n")
    (package / "__init__.py").write_text("from shop.db.labels import STOCK as S\nPASSED_ON = S\n")
    (package / "broken.py").write_text("STOCK = (")
    (package / "circle.py").write_text("from shop.db.circle import STOCK as S\nSTOCK = S\n")
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        "from shop.db import labels\nbranch_labels = (labels.STOCK,)",
        "from shop.db.labels import STOCK\nbranch_labels = STOCK",
        "from shop.db.labels import STOCK as MINE\nHERE = MINE\nbranch_labels = [HERE]",
        "import shop.db.labels\nbranch_labels = shop.db.labels.STOCK",
        "import shop.db.labels as l\nbranch_labels = f'{l.STOCK}'",
        "from shop.db import PASSED_ON\nbranch_labels = PASSED_ON",
        "from db.labels import STOCK\nbranch_labels = STOCK",
    ],
)
def test_a_constant_of_the_project_is_read_without_importing_it(root: Path, text: str) -> None:
    assert read(root, text).branch_labels == ("stock",)


@pytest.mark.parametrize(
    "text",
    [
        "branch_labels = STOCK",
        "import nowhere\nbranch_labels = nowhere.STOCK",
        "import labels\nbranch_labels = labels",
        "from shop.db import labels\nbranch_labels = labels.NOTHING",
        "from shop.db import labels\nbranch_labels = labels.COUNT",
        "from shop.db import labels\nbranch_labels = labels.STOCK.name",
        "from shop.db import broken\nbranch_labels = broken.STOCK",
        "from shop.db import circle\nbranch_labels = circle.STOCK",
        "from .labels import STOCK\nbranch_labels = STOCK",
    ],
)
def test_what_only_running_would_tell_is_refused(root: Path, text: str) -> None:
    with pytest.raises(HistoryError) as caught:
        read(root, text)

    assert "cannot be read without running it" in caught.value.problem
