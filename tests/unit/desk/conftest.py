"""The desk over tables in memory; see site.py."""

from collections.abc import Iterator

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.desk.web.site import Site
from lambdas.records.table import RecordTable
from lambdas.runtime import aws
from tests.support.build import Clock
from tests.unit.desk.site import make_site
from tests.unit.desk.staff import Staff


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(dynamodb: DynamoDBClient, records: RecordTable, clock: Clock) -> Site:
    return make_site(dynamodb, records, clock)


@pytest.fixture
def staff(site: Site) -> Staff:
    """An administrator who is signed in."""
    return Staff.signed_in(site)


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch, site: Site) -> Iterator[None]:
    for name, value in {"MAIL_FROM": "orders@shop.test", "COMPANY": "Shop", "ATTACHMENT_BUCKET": "attachments"}.items():
        monkeypatch.setenv(name, value)
    aws.ses.cache_clear()
    aws.ses().create_email_identity(EmailIdentity="orders@shop.test")
    yield
    aws.ses.cache_clear()
