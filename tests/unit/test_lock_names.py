from dataclasses import replace

from alembic_ci.ci.jobs import job_url
from alembic_ci.database.drivers import application_name
from alembic_ci.database.locking import Holder, LockPlace
from alembic_ci.database.locking.holder import job_comment, job_of

PLACE = LockPlace(database="shop", schema="public", table="alembic_version")


def test_the_key_of_a_place_never_changes() -> None:
    assert PLACE.number == 4873520490380250779
    assert PLACE.name == "alembic-ci:43a23910a2b3ce9b"


def test_every_part_of_a_place_counts() -> None:
    others = [
        replace(PLACE, database="shop2"),
        replace(PLACE, schema="tenant"),
        replace(PLACE, table="versions"),
        LockPlace(database="shoppublic", schema="", table="alembic_version"),
    ]

    assert len({PLACE.number, *(place.number for place in others)}) == 5
    assert all(-(2**63) <= place.number < 2**63 for place in others)
    assert len(replace(PLACE, database="x" * 200).name) <= 64


def test_a_job_is_known_by_its_address() -> None:
    github = {
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "me/shop",
        "GITHUB_RUN_ID": "17",
    }

    assert job_url(github) == "https://github.example/me/shop/actions/runs/17"
    assert job_url({"CI_JOB_URL": "https://gitlab.example/-/jobs/3"}).endswith("/jobs/3")
    assert job_url({}) == ""


def test_an_application_name_keeps_the_end_of_a_long_address() -> None:
    name = application_name("https://github.example/" + "x" * 80 + "/actions/runs/17")

    assert len(name) == 63
    assert name.startswith("alembic-ci ...")
    assert name.endswith("/actions/runs/17")
    assert application_name("") == "alembic-ci"


def test_a_comment_carries_an_address_and_nothing_else() -> None:
    url = "https://ci.example/job/7?a=b#c"

    assert job_of(f"SELECT 1{job_comment(url)}") == url
    assert job_comment("*/ DROP TABLE x") == ""
    assert job_of("SELECT 1") == ""


def test_a_holder_says_what_is_known_and_nothing_more() -> None:
    known = Holder(session="session 7", user="ann", client="10.0.0.1", seconds=3720, job="http://j")

    assert known.words == "session 7, user ann, from 10.0.0.1, for 1 h 2 min, job http://j"
    assert Holder(session="session 8").words == "session 8"
