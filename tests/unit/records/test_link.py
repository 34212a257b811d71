"""Links: the token is never kept, a link opens what it is for until it is closed, and making it again changes nothing."""

from lambdas.records.links.link import DAY, LinkPurpose, LinkRecords, new_token
from lambdas.records.table import RecordTable

NOW = 1_800_000_000


def test_only_the_hash_of_a_token_is_kept(records: RecordTable) -> None:
    token = new_token()
    LinkRecords(records).make(token, LinkPurpose.RESUME, "1001", now=NOW, form="hosting")

    assert len(token) == 43
    assert token not in str(records.client.scan(TableName=records.name)["Items"])


def test_a_link_is_found_for_its_purpose_and_is_open_until_it_expires(records: RecordTable) -> None:
    links, token = LinkRecords(records), new_token()
    made = links.make(token, LinkPurpose.RESUME, "1001", now=NOW, form="hosting", by="web", days=2)

    assert links.find(token, LinkPurpose.RESUME) == made
    assert links.find(token, LinkPurpose.STATUS) is None
    assert links.find(new_token(), LinkPurpose.RESUME) is None
    assert (links.is_open(made, NOW + 2 * DAY - 1), links.is_open(made, NOW + 2 * DAY)) == (True, False)


def test_making_it_again_is_the_same_link(records: RecordTable) -> None:
    links, token = LinkRecords(records), new_token()
    first = links.make(token, LinkPurpose.SESSION, "1001", now=NOW)

    assert links.make(token, LinkPurpose.SESSION, "1001", now=NOW + 9) == first
    assert links.of_order("1001") == (first,)


def test_one_link_or_all_are_revoked_once(records: RecordTable) -> None:
    links = LinkRecords(records)
    tokens = [new_token() for _ in range(3)]
    made = [links.make(token, LinkPurpose.STATUS, "1001", now=NOW + at) for at, token in enumerate(tokens)]
    links.make(new_token(), LinkPurpose.STATUS, "1002", now=NOW)

    assert [link.link_id for link in links.revoke("1001", made[1].link_id, NOW + 5)] == [made[1].link_id]
    assert {link.link_id for link in links.revoke("1001", None, NOW + 6)} == {made[0].link_id, made[2].link_id}
    assert links.revoke("1001", None, NOW + 7) == ()
    found = links.find(tokens[1], LinkPurpose.STATUS)
    assert found is not None
    assert (found.revoked_at, links.is_open(found, NOW + 5)) == (NOW + 5, False)
    assert [links.is_open(link, NOW + 8) for link in links.of_order("1002")] == [True]


def test_what_came_from_a_link_never_outlives_it(records: RecordTable) -> None:
    links = LinkRecords(records)
    day = links.make(new_token(), LinkPurpose.RESUME, "1001", now=NOW, days=1)
    visit = links.make(new_token(), LinkPurpose.SESSION, "1001", now=NOW + 9, parent=day)
    status = links.make(new_token(), LinkPurpose.STATUS, "1001", now=NOW + 99, parent=visit)

    assert day.expires_at == visit.expires_at == status.expires_at == NOW + DAY
    short = links.make(
        new_token(),
        LinkPurpose.STATUS,
        "1001",
        now=NOW,
        days=1,
        parent=links.make(new_token(), LinkPurpose.SESSION, "1001", now=NOW),
    )
    assert short.expires_at == NOW + DAY


def test_closing_a_link_closes_all_that_came_from_it_and_nothing_else(records: RecordTable) -> None:
    links = LinkRecords(records)
    day, other = (links.make(new_token(), LinkPurpose.RESUME, "1001", now=NOW) for _ in range(2))
    visit = links.make(new_token(), LinkPurpose.SESSION, "1001", now=NOW, parent=day)
    status = links.make(new_token(), LinkPurpose.STATUS, "1001", now=NOW, parent=visit)
    apart = links.make(new_token(), LinkPurpose.SESSION, "1001", now=NOW, parent=other)

    closed = links.revoke("1001", day.link_id, NOW + 1)

    assert {link.link_id for link in closed} == {day.link_id, visit.link_id, status.link_id}
    assert [links.is_open(link, NOW + 2) for link in (visit, status)] == [False, False]
    assert [links.is_open(link, NOW + 2) for link in (other, apart)] == [True, True]


def test_what_is_made_while_its_link_is_closed_opens_nothing(records: RecordTable) -> None:
    """The one who makes it has looked at the link before it was closed, and writes afterwards."""
    links = LinkRecords(records)
    seen = links.make(new_token(), LinkPurpose.RESUME, "1001", now=NOW)
    links.revoke("1001", seen.link_id, NOW + 1)
    token, status = new_token(), new_token()
    visit = links.make(token, LinkPurpose.SESSION, "1001", now=NOW + 1, parent=seen)
    links.make(status, LinkPurpose.STATUS, "1001", now=NOW + 1, parent=visit)

    assert links.find_open(token, LinkPurpose.SESSION, NOW + 2) is None
    assert links.find_open(status, LinkPurpose.STATUS, NOW + 2) is None


def test_the_form_an_order_was_begun_on_is_remembered_and_stays(records: RecordTable) -> None:
    links = LinkRecords(records)
    links.remember_form("1001", "hosting")
    links.remember_form("1001", "other")

    assert (links.form_of("1001"), links.form_of("1002")) == ("hosting", None)


def test_the_stored_words_of_purposes_stay() -> None:
    assert {purpose.value for purpose in LinkPurpose} == {"visit", "resume", "status"}
