"""Make the tables that existed before mlflow used Alembic; its first revision alters them."""

import os

import sqlalchemy
from mlflow.store.tracking.dbmodels.initial_models import (  # type: ignore[import-not-found]  # in mlflow's own environment only
    Base,
)

Base.metadata.create_all(sqlalchemy.create_engine(os.environ["DATABASE_URL"]))
