"""One upgrade from a release to the working tree, with orders that stand and orders that walk."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.local.deployment import DeployError, bootstrap, deploy_assembly
from infra.local.engine_process import REPOSITORY, LocalEngine
from infra.local.panel.process import LocalPanel
from infra.local.stack import STACK, connect
from lambdas.orders.model.queue import Queue, load_queues
from tests.faults.shop import Shop
from tests.upgrade.assemblies import WAITS, failing_half_way, signalled, synthesize, write_release
from tests.upgrade.outcome import machine_of, wrong_with
from tests.upgrade.stands import Held, Stand, stands_of
from tests.upgrade.walking import Walkers

# A module that is paused first stands behind all others in the lives of orders, so that nobody is held up on the way to it.
_PAUSED_IN_TURN = ("activate_services", "generate_invoice", "add_services", "provision_client")
ENGINE_SETTINGS = {"ORDERQ_LAMBDA_CONCURRENCY": "20", "ORDERQ_LAMBDA_FUNCTION_CONCURRENCY": "4"}
_REST_SECONDS, _LOOKS = 5.0, 60


def revisions_at_rest(shop: Shop, order_ids: Sequence[str]) -> dict[str, int]:
    """The orders' revisions, once none has changed for some seconds: a branch may park behind the one that was waited for."""
    before = dict[str, int]()
    for _ in range(_LOOKS):
        now = {order_id: shop.order(order_id).revision for order_id in order_ids}
        if now == before:
            return now
        before = now
        time.sleep(_REST_SECONDS)
    raise RuntimeError(f"orders still change after {_LOOKS * _REST_SECONDS:.0f} s, although all of them wait")


@dataclass
class Trial:
    """`orders`: how many walk during the deployments. `say`: tells what is done."""

    folder: Path
    release: str
    orders: int
    say: Callable[[str], None]
    wrong: list[str] = field(default_factory=list)

    def run(self) -> list[str]:
        """What is wrong, in words."""
        sources = write_release(self.release, self.folder / "release")
        with self._cloud() as (engine, panel):
            make = partial(synthesize, panel_url=panel.url, public_url=engine.front_url)
            old = make(sources, self.folder / "old")
            new = make(REPOSITORY, self.folder / "new")
            bootstrap(engine)
            deploy_assembly(engine, old)
            self.say(f"the release {self.release} is deployed")
            stack = connect(engine, None)
            stack.save(self.folder / "panel" / "stack.json")
            with Shop(engine, stack, panel) as shop, Walkers(shop) as walkers:
                return self._play(walkers, engine, new, load_queues(sources / "statemachines"))

    def _play(self, walkers: Walkers, engine: LocalEngine, new: Path, queues: dict[int, Queue]) -> list[str]:
        """Longer than 30 lines, because it is the story of the trial, in the order of time."""
        shop, stands = walkers.shop, [stand for queue in queues.values() for stand in stands_of(queue)]
        paused = [stand for stand in stands if stand.held is Held.BY_PAUSE]
        paused.sort(key=lambda stand: _PAUSED_IN_TURN.index(stand.action.module if stand.action else ""))
        standing = walkers.place([stand for stand in stands if stand.held is not Held.BY_PAUSE])
        load = [Stand(queue, queue.complete, Held.NOTHING) for queue in islice(cycle(queues.values()), self.orders)]
        half = len(load) // 2
        with ThreadPoolExecutor(2) as beside, walkers.until_failure():
            walking = [beside.submit(walkers.walk, load[:half])]
            self._roll_back(engine, new)
            standing += walkers.place_paused(paused)
            self.say(f"{len(standing)} orders of the release stand in {len(queues)} queues, {half} walk")
            stood = revisions_at_rest(shop, [walk.order_id for walk in standing])
            deploy_assembly(engine, new)
            changed = [order_id for order_id, revision in stood.items() if shop.order(order_id).revision != revision]
            self.say(f"the working tree is deployed; {len(standing) - len(changed)} orders stand where they stood")
            walkers.cancel(standing)
            for module in _PAUSED_IN_TURN:
                walkers.resume(module)
            walking.append(beside.submit(walkers.walk, load[half:]))
            self._deploy_two_at_once(engine, new)
            deploy_assembly(engine, new)
            for each in walking:
                each.result()
        walkers.to_the_end(walkers.walks)
        self.say(f"{len(walkers.walks)} orders came to their ends")
        root = self.folder / "release" / "statemachines"
        began_with = {queue.key: machine_of(root, queue.key) for queue in queues.values()}
        return [
            *self.wrong,
            *(f"order {order_id} was changed by the deployment" for order_id in changed),
            *wrong_with(shop, walkers.walks, standing, began_with, self.say),
        ]

    def _roll_back(self, engine: LocalEngine, new: Path) -> None:
        try:
            deploy_assembly(engine, failing_half_way(new, self.folder / "failing"))
        except DeployError:
            self._expect(engine, "a deployment failed half way", "UPDATE_ROLLBACK_COMPLETE")
        else:
            self.wrong.append("the deployment that was to fail half way did not")

    def _deploy_two_at_once(self, engine: LocalEngine, new: Path) -> None:
        """The change set of a second one comes while the first, which waits for a signal, changes the stack: it is refused."""
        stacks: Any = boto3.client("cloudformation", **engine.client_options())
        second = {"StackName": STACK, "ChangeSetName": "second", "UsePreviousTemplate": True}
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(deploy_assembly, engine, signalled(new, self.folder / "first", "of the first"))
            while self._status(engine) != "UPDATE_IN_PROGRESS" and not first.done():
                time.sleep(0.05)
            try:
                stacks.create_change_set(**second, Capabilities=["CAPABILITY_NAMED_IAM"])
            except ClientError as refused:
                self.say(f"of two deployments at once the second was refused: {refused.response['Error']['Message']}")
            else:
                self.wrong.append("the first of two deployments changed the stack, and a second one began")
            while not first.done() and not self._signal(stacks):
                time.sleep(0.05)
            first.result()
        self._expect(engine, "the first of them is done", "UPDATE_COMPLETE")

    def _signal(self, stacks: Any) -> bool:
        """Let the first deployment continue; False while it has not come to its wait."""
        try:
            stacks.signal_resource(StackName=STACK, LogicalResourceId=WAITS, UniqueId="second", Status="SUCCESS")
        except ClientError:
            return False
        return True

    def _status(self, engine: LocalEngine) -> str:
        stacks: Any = boto3.client("cloudformation", **engine.client_options())
        return str(stacks.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])

    def _expect(self, engine: LocalEngine, what: str, status: str) -> None:
        found = self._status(engine)
        self.say(f"{what}: {found}")
        if found != status:
            self.wrong.append(f"{what}, and the stack is {found} instead of {status}")

    @contextmanager
    def _cloud(self) -> Iterator[tuple[LocalEngine, LocalPanel]]:
        panel_root = self.folder / "panel"
        with (
            LocalPanel.start(panel_root, panel_root / "stack.json", answer_after_seconds=0.5) as panel,
            LocalEngine.start(self.folder / "engine", settings=ENGINE_SETTINGS) as engine,
        ):
            yield engine, panel
