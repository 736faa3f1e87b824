"""A store for each file of the corpus, in which the creators are known and no order is."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.store.database import open_engine
from tests.reports.corpus.importing import register
from tests.reports.corpus.sales import CREATORS


@pytest.fixture(scope="session")
def peopled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("corpus") / "peopled.db"
    shutil.copyfile(sqlite_template, file)
    engine = open_engine(f"sqlite:///{file}")
    register(engine, CREATORS)
    engine.dispose()
    return file


@pytest.fixture
def store(peopled: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copyfile(peopled, tmp_path / "corpus.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'corpus.db'}")
    yield engine
    engine.dispose()
