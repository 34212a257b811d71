"""A shop that offers English, German and the Arabic of tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lambdas.forms.shop import Shop
from lambdas.languages import language as languages
from tests.unit.languages.pseudo import TAG, with_arabic_texts, write_arabic


@pytest.fixture(scope="session")
def arabic_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("languages")
    write_arabic(folder)
    return folder


@pytest.fixture
def pseudo_arabic(arabic_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The language is there for one test, and no other one finds it."""
    monkeypatch.setattr(languages, "FOLDERS", [*languages.FOLDERS, arabic_folder])
    languages.language.cache_clear()
    yield
    languages.language.cache_clear()


@pytest.fixture
def shop(shop: Shop, pseudo_arabic: None) -> Shop:
    queues = {key: with_arabic_texts(queue) for key, queue in shop.service.queues.items()}
    return replace(
        shop,
        service=replace(shop.service, queues=queues),
        forms={name: with_arabic_texts(form) for name, form in shop.forms.items()},
        plans={key: with_arabic_texts(plan) for key, plan in shop.plans.items()},
        languages=("en", "de", TAG),
    )
