"""What goes into the asset of the documentation's function: the page, the document, and what is needed of Swagger UI."""

import shutil
from pathlib import Path

import pytest

from infra.app import ROOT
from infra.doors.docs import SHIPPED, SWAGGER_UI, DocsMissingError, docs_asset
from lambdas.docs.handler import FILES
from tests.infra.template import Synthesized


def test_the_asset_holds_the_page_the_document_and_what_is_shipped_of_swagger_ui(stage: Synthesized) -> None:
    asset = stage.asset(stage.functions["DocsHandler"]["Code"]["S3Key"])

    assert {str(file.relative_to(asset)) for file in asset.rglob("*") if file.is_file()} == {
        "lambdas/__init__.py",
        "lambdas/docs/handler.py",
        "lambdas/docs/page.html",
        "docs/openapi.json",
        *(f"{SWAGGER_UI}/{name}" for name in SHIPPED),
    }


def test_all_that_the_function_serves_is_shipped() -> None:
    shipped = {"docs/openapi.json", *(f"{SWAGGER_UI}/{name}" for name in SHIPPED)}

    assert {file.source for file in FILES.values() if not file.source.startswith("lambdas/docs/")} == shipped
    assert all((ROOT / file.source).is_file() for file in FILES.values())


def test_a_synth_without_swagger_ui_says_what_to_do(sources: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(sources, tmp_path / "copy"))
    (copy / SWAGGER_UI / "swagger-ui.css").unlink()

    with pytest.raises(DocsMissingError, match=r"swagger-ui\.css.*make setup"):
        docs_asset(copy)
