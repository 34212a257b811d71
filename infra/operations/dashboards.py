"""Two dashboards: Orders, which a business reads, and System. Dashboards are global in an account, so their names have the stage.

Metrics are paid for by the series, so what no alarm looks at is counted by queries over logs.
"""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.operations.alarms.constructs import Alarms
from infra.operations.graphs import HALF, THIRD, WIDTH, Graphs
from infra.operations.subjects import Subjects
from infra.stages.settings import StageSettings

_DOORS = ("api", "forms", "intake")
_REVIEWED = ("PaymentsNotTried", "QueuesTurnedToReview")
_EVENTS = 'filter message = "order event"'


class Dashboards(Construct):
    """`desk`: rows of widgets at the top of Orders, such as custom widgets that show boards and work lists."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: StageSettings,
        subjects: Subjects,
        alarms: Alarms,
        desk: Sequence[Sequence[cloudwatch.IWidget]] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings, self._subjects = settings, subjects
        self._graphs = Graphs(settings, subjects)
        self._add("Orders", [*desk, *self._business(alarms)], start="-P7D")
        self._add("System", self._system(), start="-PT3H")

    def _add(self, name: str, rows: Sequence[Sequence[cloudwatch.IWidget]], *, start: str) -> None:
        cloudwatch.Dashboard(
            self,
            name,
            dashboard_name=f"{self._settings.stack_name}-{name}",
            start=start,
            widgets=[list(row) for row in rows],
        )

    def _business(self, alarms: Alarms) -> list[list[cloudwatch.IWidget]]:
        every = [alarms.composite, *alarms.by_name.values()]
        return [
            self._orders_and_money(),
            self._steps_and_stops(),
            self._payments_and_actions(),
            [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=every, width=WIDTH, height=6)],
        ]

    def _orders_and_money(self) -> list[cloudwatch.IWidget]:
        return [
            self._graphs.query(
                "Submitted, completed and canceled by day",
                ("outbox.announcer",),
                _EVENTS,
                "stats count_distinct(event_id) as orders by bin(1d) as day, event",
                width=HALF,
            ),
            self._graphs.query(
                "Captured money by day",
                ("actions.", "api"),
                'filter message = "money captured"',
                "stats max(coalesce(amount, amount_cents / 100)) as money by invoice, currency, bin(1d) as day",
                "stats sum(money) as captured, count(*) as invoices by day, currency",
                width=HALF,
            ),
        ]

    def _steps_and_stops(self) -> list[cloudwatch.IWidget]:
        return [
            self._graphs.query(
                "Orders by queue and step, as the last check counted them",
                ("watch.check",),
                'filter message = "orders in step"',
                "stats latest(orders) as orders, latest(@timestamp) as counted_at by queue, step",
                "sort queue, step",
                width=HALF,
            ),
            self._graphs.graph(
                "Found overdue, stopped",
                [
                    self._graphs.ours("OrdersFoundOverdue", "watch.sweeper", "overdue"),
                    self._graphs.ours("MachinesStopped", "watch.sweeper", "without execution, found"),
                    self._graphs.ours("MachinesStopped", "watch.stopped_executions", "stopped, noticed"),
                ],
            ),
        ]

    def _payments_and_actions(self) -> list[cloudwatch.IWidget]:
        return [
            self._graphs.graph(
                "Declines", [self._graphs.ours("PaymentsDeclined", door, door) for door in _DOORS], width=THIRD
            ),
            self._graphs.graph(
                "Cards not tried, orders for review",
                [self._graphs.ours(name, door, f"{name} {door}") for name in _REVIEWED for door in _DOORS],
                width=THIRD,
            ),
            self._graphs.graph(
                "Actions",
                [self._graphs.ours(name, "actions", name) for name in ("ActionDone", "ActionWaits", "ActionFailed")],
                width=THIRD,
            ),
        ]

    def _system(self) -> list[list[cloudwatch.IWidget]]:
        return [self._calls(), self._readers_and_machines(), self._functions(), self._tables_and_queues()]

    def _calls(self) -> list[cloudwatch.IWidget]:
        return [
            self._graphs.graph(
                "API: calls, refusals, failures", [self._graphs.api(name) for name in ("Count", "4xx", "5xx")]
            ),
            self._graphs.graph(
                "API: latency (ms)",
                [self._graphs.api(name, "p99") for name in ("Latency", "IntegrationLatency")],
            ),
        ]

    def _readers_and_machines(self) -> list[cloudwatch.IWidget]:
        known = self._subjects
        readers = [known.functions[name] for name in ("outbox.relay", "outbox.announcer")]
        return [
            self._graphs.graph(
                "Readers: how late (ms)",
                [each.metric("IteratorAge", statistic="Maximum", label=each.node.path) for each in readers],
            ),
            self._graphs.graph(
                "Machines: started, failed, stopped",
                [
                    each.metric(name, statistic="Sum", label=f"{path}: {name}")
                    for path, each in zip(known.machines, known.machines.values(), strict=True)
                    for name in ("ExecutionsStarted", "ExecutionsFailed", "ExecutionsAborted")
                ],
            ),
        ]

    def _functions(self) -> list[cloudwatch.IWidget]:
        return [
            self._graphs.graph("Functions: errors", self._graphs.of_functions("Errors", "Sum")),
            self._graphs.graph("Functions: duration (ms, 99 %)", self._graphs.of_functions("Duration", "p99")),
        ]

    def _tables_and_queues(self) -> list[cloudwatch.IWidget]:
        tables, queues = self._subjects.tables, self._subjects.queues
        return [
            self._graphs.graph(
                "Tables: throttled",
                [
                    each.metric(metric, statistic="Sum", label=f"{name}: {metric}")
                    for name, each in tables.items()
                    for metric in ("ReadThrottleEvents", "WriteThrottleEvents")
                ],
                width=THIRD,
            ),
            self._graphs.graph(
                "Tables: written units",
                [
                    each.metric("ConsumedWriteCapacityUnits", statistic="Sum", label=name)
                    for name, each in tables.items()
                ],
                width=THIRD,
            ),
            self._graphs.graph(
                "Queues: messages",
                [each.metric_approximate_number_of_messages_visible(label=path) for path, each in queues.items()],
                width=THIRD,
            ),
        ]


def desk_widgets(subjects: Subjects) -> list[list[cloudwatch.IWidget]]:
    """The order desk: the worklist, a board, and a search that leads to one order. All are one function (infra/widgets.py)."""
    reader = subjects.functions["desk.widget.reader"].function_arn
    rows = ((("Worklist", "worklist", WIDTH),), (("Board", "board", HALF), ("Find an order", "find", HALF)))
    return [
        [
            cloudwatch.CustomWidget(
                title=title,
                function_arn=reader,
                params={"show": show},
                width=width,
                height=12,
                update_on_refresh=True,
                update_on_resize=False,
                update_on_time_range_change=False,
            )
            for title, show, width in row
        ]
        for row in rows
    ]
