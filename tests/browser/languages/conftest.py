"""A shop in memory that offers English, German and Arabic. Pages are made here and shown in a real browser; no engine runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lambdas.forms.shop import Shop
from lambdas.languages import language as languages
from tests.unit.conftest import _no_account, dynamodb, dynamodb_client, records
from tests.unit.forms.conftest import clock, gateway, link_requests
from tests.unit.forms.conftest import shop as unit_shop
from tests.unit.languages.pseudo import TAG, arabic, with_arabic_texts, write_arabic

__all__ = ["_no_account", "clock", "dynamodb", "dynamodb_client", "gateway", "link_requests", "records", "unit_shop"]


@pytest.fixture(scope="session")
def arabic_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("languages")
    write_arabic(folder, arabic)
    return folder


@pytest.fixture
def forms(unit_shop: Shop, arabic_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(languages, "FOLDERS", [*languages.FOLDERS, arabic_folder])
    languages.language.cache_clear()
    queues = {key: with_arabic_texts(queue, arabic) for key, queue in unit_shop.service.queues.items()}
    yield replace(
        unit_shop,
        service=replace(unit_shop.service, queues=queues),
        forms={name: with_arabic_texts(form, arabic) for name, form in unit_shop.forms.items()},
        plans={key: with_arabic_texts(plan, arabic) for key, plan in unit_shop.plans.items()},
        languages=("en", "de", TAG),
    )
    languages.language.cache_clear()
