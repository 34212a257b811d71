"""What somebody who may write the history table could do to it."""

import random
from dataclasses import replace
from typing import Any

from lambdas.read_models.history.item import HistoryItem
from lambdas.runtime.items import to_item
from tests.unit.read_models.agreement.world import World

Record = dict[str, Any]


def _followed(records: list[Record]) -> list[HistoryItem]:
    """Those that a later one follows on. What the chain alone tells nothing of, an anchor does."""
    items = [HistoryItem.read(record) for record in records]
    followed = {item.previous.hash for item in items}
    return [item for item in items if item.hash in followed]


def change(world: World, records: list[Record], dice: random.Random) -> None:
    item = dice.choice(_followed(records))
    put(world, replace(item, deed=replace(item.deed, by="eve")).record())


def remove(world: World, records: list[Record], dice: random.Random) -> None:
    item = dice.choice(_followed(records))
    key = to_item({"pk": records[0]["pk"], "sk": item.sk})
    world.client.delete_item(TableName="history", Key=key)


def reorder(world: World, records: list[Record], dice: random.Random) -> None:
    """Two items in each other's place, rewritten so that each is of one piece."""
    one, other = dice.sample(_followed(records), 2)
    for item, place in ((one, other), (other, one)):
        put(world, replace(item, revision=place.revision, after=place.after, previous=place.previous).record())


def insert(world: World, records: list[Record], dice: random.Random) -> None:
    """An item in the place of a revision, with that one put behind it."""
    item = HistoryItem.read(records[-1])
    more = replace(
        item, revision=item.revision + 1, after=item.revision, previous=item.link, deed=replace(item.deed, by="eve")
    )
    put(world, more.record())


def put(world: World, record: Record) -> None:
    world.client.put_item(TableName="history", Item=to_item(record))


TAMPERINGS = (change, remove, reorder, insert)
