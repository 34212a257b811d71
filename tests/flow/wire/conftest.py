"""Callers of API 2.0: the clients that can be installed, and requests as nobody but an old client writes them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest

from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.rights import ROLES, Grant
from tests.flow.conftest import Shop
from tests.flow.wire.raw import Raw
from tests.flow.wire.speakers import NAMES, Speaker, UbersmithApiWorker, speaker_named


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UbersmithApiWorker]:
    with UbersmithApiWorker.start(tmp_path_factory.mktemp("ubersmith-api")) as worker:
        yield worker


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def speaker(name: str, shop: Shop, worker: UbersmithApiWorker) -> Iterator[Speaker]:
    """Each client in turn."""
    with speaker_named(name, shop.stack, worker) as speaker:
        yield speaker


@pytest.fixture
def speaker_as(name: str, shop: Shop, worker: UbersmithApiWorker) -> Iterator[Callable[[str, str], Speaker]]:
    """The same client with another user and token."""
    with ExitStack() as ended:
        yield lambda user, token: ended.enter_context(speaker_named(name, shop.stack, worker, (user, token)))


@pytest.fixture
def raw(shop: Shop) -> Raw:
    return Raw(shop.stack.api_url, shop.stack.user, shop.stack.token)


@pytest.fixture(scope="session")
def viewer(shop: Shop) -> tuple[str, str]:
    """A user who may look and nothing else."""
    user = f"viewer-{uuid4().hex[:8]}"
    return user, ApiUserRecords(shop.records).add(user, (Grant(rights=ROLES["viewer"]),), now=0)


@pytest.fixture(scope="session")
def existing(shop: Shop) -> dict[str, str]:
    """A client who has a login name."""
    login = f"ada-{uuid4().hex[:8]}"
    person = {"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "GB"}
    made = shop.done("client.add", {**person, "uber_login": login, "uber_pass": "correct horse"})
    return {"client_id": str(made["client_id"]), "login": login}
