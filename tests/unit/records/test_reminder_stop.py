"""Who wants no more reminders: neither token nor address is kept, and saying it again changes nothing."""

from lambdas.records.links.link import DAY, LinkPurpose, LinkRecords, new_token
from lambdas.records.links.reminder_stop import LINK_DAYS, ReminderStops, StopLink, address_digest
from lambdas.records.table import RecordTable

NOW = 1_800_000_000
ADA, EVE = address_digest(1, "ada@example.com"), address_digest(1, "eve@example.com")


def a_link(stops: ReminderStops, order_id: str = "1001", address: str = ADA) -> StopLink:
    token = new_token()
    stops.offer(token, order_id, address, now=NOW)
    link = stops.find(token, NOW)
    assert link is not None
    return link


def test_a_digest_is_the_same_in_capitals_and_another_in_another_brand() -> None:
    assert address_digest(1, " ADA@Example.com") == ADA
    assert len({ADA, EVE, address_digest(2, "ada@example.com")}) == 3


def test_a_link_is_found_by_its_token_until_it_expires_and_only_the_hash_is_kept(records: RecordTable) -> None:
    stops, token = ReminderStops(records), new_token()
    stops.offer(token, "1001", ADA, now=NOW)
    ends = NOW + LINK_DAYS * DAY

    assert stops.find(token, ends - 1) == StopLink(order_id="1001", address=ADA, expires_at=ends)
    assert stops.find(token, ends) is None
    assert stops.find(new_token(), NOW) is None
    assert token not in str(records.client.scan(TableName=records.name)["Items"])


def test_its_token_is_no_link_to_the_order(records: RecordTable) -> None:
    stops, links, token = ReminderStops(records), LinkRecords(records), new_token()
    stops.offer(token, "1001", ADA, now=NOW)

    assert [links.find(token, purpose) for purpose in LinkPurpose] == [None] * len(LinkPurpose)
    assert links.of_order("1001") == ()
    opens = new_token()
    links.make(opens, LinkPurpose.RESUME, "1001", now=NOW, form="hosting")
    assert stops.find(opens, NOW) is None


def test_the_order_and_the_address_are_stopped_and_nobody_else(records: RecordTable) -> None:
    stops = ReminderStops(records)
    link = a_link(stops)
    assert not stops.is_stopped("1001", ADA)

    stops.stop(link, NOW)
    assert stops.is_stopped("1001", EVE)
    assert stops.is_stopped("1002", ADA)
    assert not stops.is_stopped("1002", EVE)


def test_saying_it_again_or_with_another_link_changes_nothing(records: RecordTable) -> None:
    stops = ReminderStops(records)
    first, second = a_link(stops), a_link(stops)
    stops.stop(first, NOW)
    kept = records.client.scan(TableName=records.name)["Items"]
    for link in (first, second):
        stops.stop(link, NOW + 5)

    assert records.client.scan(TableName=records.name)["Items"] == kept
