"""Posts in the record table: numbered over all orders, and one per key whoever comes first."""

import pytest

from lambdas.records.posts.post import Post, PostKeyTakenError, PostKind, PostRecords
from lambdas.records.request_key import RequestKey
from lambdas.records.table import RecordTable
from tests.support.build import NOW


def a_post(order_id: str = "1001", kind: PostKind = PostKind.COMMENT, body: str = "hello") -> Post:
    return Post(order_id=order_id, kind=kind, author="API", subject="", body=body, posted_at=NOW)


def a_key(post: Post) -> RequestKey:
    return RequestKey.of("web", "k-1", "order.respond", post.said(), NOW)


def numbered(posts: PostRecords, post: Post) -> Post:
    return post.model_copy(update={"post_id": posts.new_id()})


def test_numbers_go_on_over_orders(records: RecordTable) -> None:
    posts = PostRecords(records)
    made = [posts.add(numbered(posts, a_post(order_id)), None) for order_id in ("1001", "1002", "1001")]

    assert [post.post_id for post in made] == [1, 2, 3]
    assert [post.post_id for post in posts.of_order("1001")] == [1, 3]
    assert posts.numbered(2) == made[1]
    assert posts.numbered(4) is None


def test_of_two_calls_with_one_key_the_later_gets_the_first_one_s_post(records: RecordTable) -> None:
    """Both looked for the key before either had written."""
    posts, post = PostRecords(records), a_post()
    first, second = numbered(posts, post), numbered(posts, post)

    assert posts.add(first, a_key(post)) == first
    assert posts.add(second, a_key(post)) == first
    assert list(posts.of_order("1001")) == [first]
    assert posts.numbered(second.post_id) is None
    with pytest.raises(PostKeyTakenError, match="post 1,"):
        posts.add(numbered(posts, a_post(body="other")), a_key(a_post(body="other")))


def test_more_posts_than_a_page_are_all_there(records: RecordTable) -> None:
    posts = PostRecords(records)
    for number in range(120):
        kind = PostKind.COMMENT if number % 2 else PostKind.CLIENT_RESPONSE
        posts.add(numbered(posts, a_post(kind=kind, body=str(number))), None)

    assert [int(post.body) for post in posts.of_order("1001")] == list(range(120))
    seen = [int(post.body) for post in posts.of_order("1001", viewable_only=True, descending=True)]
    assert seen == list(range(118, -1, -2))
