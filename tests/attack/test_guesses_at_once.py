"""Many guesses at one moment get no more looks than as many one after the other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx

from lambdas.access.login_limits import FAILED_LOGINS_OF_ONE
from tests.flow.conftest import Shop

AT_ONCE = 40


def test_forty_tokens_guessed_at_once_get_ten_looks(shop: Shop) -> None:
    name = f"guessed-{uuid4().hex}"

    def guess(number: int) -> int:
        return httpx.get(f"{shop.stack.api_url}/order.list", auth=(name, f"token-{number}"), timeout=60).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = Counter(pool.map(guess, range(AT_ONCE)))

    assert answers == {401: FAILED_LOGINS_OF_ONE, 429: AT_ONCE - FAILED_LOGINS_OF_ONE}
    assert shop.call("order.list", {"limit": 1}).status_code == 200  # others from there go on


def test_a_busy_shop_whose_token_is_right_is_not_held_up_by_its_own_calls(shop: Shop) -> None:
    def ask(_: int) -> int:
        return shop.call("order.list", {"limit": 1}).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(ask, range(AT_ONCE))) == {200}
