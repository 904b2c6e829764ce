"""Names PostgreSQL makes up, checked against what it did make up."""

import pytest

from alembic_ci.database.postgresql.naming import made_up, normalised, without_number
from alembic_ci.database.postgresql.privileges import in_words
from alembic_ci.delta import ObjectKey

LONG = "a_table_with_a_name_of_exactly_sixty_three_characters_in_length"


@pytest.mark.parametrize(
    ("table", "addition", "label", "name"),
    [
        ("users", "email", "key", "users_email_key"),
        ("users", "", "pkey", "users_pkey"),
        ("orders", "user_id_total", "idx", "orders_user_id_total_idx"),
        (LONG, "", "pkey", "a_table_with_a_name_of_exactly_sixty_three_characters_in_l_pkey"),
        (LONG, "email", "key", "a_table_with_a_name_of_exactly_sixty_three_characters_email_key"),
        ("é" * 31, "", "pkey", "é" * 29 + "_pkey"),
    ],
)
def test_made_up_name_is_cut_as_the_server_cuts_it(
    table: str, addition: str, label: str, name: str
) -> None:
    assert made_up(table, addition, label) == name


@pytest.mark.parametrize("name", ["users_email_key", "users_email_key1", "users_email_key12"])
def test_number_behind_a_made_up_name_is_dropped(name: str) -> None:
    assert without_number(name, "users", "email", "key") == "users_email_key"


@pytest.mark.parametrize("name", ["email_once", "users_email_keys", "users_name_key", "1"])
def test_name_that_a_person_chose_is_not_made_up(name: str) -> None:
    assert without_number(name, "users", "email", "key") is None


def test_digits_that_belong_to_the_label_s_table_stay() -> None:
    assert without_number("t1_c2_key", "t1", "c2", "key") == "t1_c2_key"


def test_two_unnamed_objects_of_one_structure_stay_two() -> None:
    marks = {"_table": "t", "_label": "idx", "_addition": "a", "definition": "USING btree (a)"}
    rows = [(ObjectKey("index", "t", name), dict(marks)) for name in ("t_a_idx", "t_a_idx1")]

    keys = [key.name for key, _ in normalised(rows)]

    assert keys == ["t_a_idx", "t_a_idx (USING btree (a))"]


@pytest.mark.parametrize(
    ("items", "default", "words"),
    [
        (["o=r/o"], ["o=r/o"], None),
        (["o=r/o", "=r/o"], ["o=r/o"], "PUBLIC: SELECT; o: SELECT"),
        (['"odd ""role"=ar*/o'], None, 'odd "role: INSERT, SELECT WITH GRANT OPTION'),
        ([], ["o=r/o"], "nobody"),
        (["a=b=U/o"], None, "a=b: USAGE"),
    ],
)
def test_access_control_list_is_said_in_words(
    items: list[str], default: list[str] | None, words: str | None
) -> None:
    assert in_words(items, default) == words
