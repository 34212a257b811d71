"""Two dashboards: Orders, which a business reads, and System. Dashboards are global in an account, so their names have the stage.

Metrics are paid for by the series, so what no alarm looks at is counted by queries over logs.
"""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.functions.function import metric_namespace
from infra.operations.alarms.constructs import Alarms
from infra.operations.queries import log_groups_of
from infra.operations.subjects import Subjects
from infra.stages.settings import StageSettings

_WIDTH, _HALF, _THIRD = 24, 12, 8
_DOORS = ("api", "forms", "intake")
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
        return [
            [
                self._query(
                    "Submitted, completed and canceled by day",
                    ("outbox.announcer",),
                    _EVENTS,
                    "stats count_distinct(event_id) as orders by bin(1d) as day, event",
                    width=_HALF,
                ),
                self._query(
                    "Captured money by day",
                    ("actions.", "api"),
                    'filter message = "money captured"',
                    "stats max(amount_cents) as cents by invoice, currency, bin(1d) as day",
                    "stats sum(cents) / 100 as captured, count(*) as invoices by day, currency",
                    width=_HALF,
                ),
            ],
            [
                self._query(
                    "Orders by queue and step, as the last check counted them",
                    ("watch.check",),
                    'filter message = "orders in step"',
                    "stats latest(orders) as orders, latest(@timestamp) as counted_at by queue, step",
                    "sort queue, step",
                    width=_HALF,
                ),
                self._graph(
                    "Found overdue, stopped",
                    [
                        self._ours("OrdersFoundOverdue", "watch.sweeper", "overdue"),
                        self._ours("MachinesStopped", "watch.sweeper", "without execution, found"),
                        self._ours("MachinesStopped", "watch.stopped_executions", "stopped, noticed"),
                    ],
                ),
            ],
            [
                self._graph("Declines", [self._ours("PaymentsDeclined", door, door) for door in _DOORS], width=_THIRD),
                self._graph(
                    "Cards not tried, orders for review",
                    [self._ours(name, door, f"{name} {door}") for name in _REVIEWED for door in _DOORS],
                    width=_THIRD,
                ),
                self._graph(
                    "Actions",
                    [self._ours(name, "actions", name) for name in ("ActionDone", "ActionWaits", "ActionFailed")],
                    width=_THIRD,
                ),
            ],
            [
                cloudwatch.AlarmStatusWidget(
                    title="Alarms", alarms=[alarms.composite, *alarms.by_name.values()], width=_WIDTH, height=6
                )
            ],
        ]

    def _system(self) -> list[list[cloudwatch.IWidget]]:
        known = self._subjects
        readers = [known.functions[name] for name in ("outbox.relay", "outbox.announcer")]
        machines, tables, queues = known.machines.values(), known.tables, known.queues
        return [
            [
                self._graph("API: calls, refusals, failures", [self._api(name) for name in ("Count", "4xx", "5xx")]),
                self._graph(
                    "API: latency (ms)",
                    [self._api(name, "p99") for name in ("Latency", "IntegrationLatency")],
                ),
            ],
            [
                self._graph(
                    "Readers: how late (ms)",
                    [each.metric("IteratorAge", statistic="Maximum", label=each.node.path) for each in readers],
                ),
                self._graph(
                    "Machines: started, failed, stopped",
                    [
                        each.metric(name, statistic="Sum", label=f"{path}: {name}")
                        for path, each in zip(known.machines, machines, strict=True)
                        for name in ("ExecutionsStarted", "ExecutionsFailed", "ExecutionsAborted")
                    ],
                ),
            ],
            [
                self._graph("Functions: errors", self._of_functions("Errors", "Sum")),
                self._graph("Functions: duration (ms, 99 %)", self._of_functions("Duration", "p99")),
            ],
            [
                self._graph(
                    "Tables: throttled",
                    [
                        each.metric(metric, statistic="Sum", label=f"{name}: {metric}")
                        for name, each in tables.items()
                        for metric in ("ReadThrottleEvents", "WriteThrottleEvents")
                    ],
                    width=_THIRD,
                ),
                self._graph(
                    "Tables: written units",
                    [
                        each.metric("ConsumedWriteCapacityUnits", statistic="Sum", label=name)
                        for name, each in tables.items()
                    ],
                    width=_THIRD,
                ),
                self._graph(
                    "Queues: messages",
                    [each.metric_approximate_number_of_messages_visible(label=path) for path, each in queues.items()],
                    width=_THIRD,
                ),
            ],
        ]

    def _query(self, title: str, services: tuple[str, ...], *lines: str, width: int) -> cloudwatch.LogQueryWidget:
        return cloudwatch.LogQueryWidget(
            title=title,
            log_group_names=log_groups_of(self._subjects, services),
            query_lines=list(lines),
            view=cloudwatch.LogQueryVisualizationType.TABLE,
            width=width,
            height=6,
        )

    def _graph(
        self, title: str, metrics: Sequence[cloudwatch.IMetric], *, width: int = _HALF
    ) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(
            title=title, left=list(metrics), left_y_axis=cloudwatch.YAxisProps(min=0), width=width, height=6
        )

    def _ours(self, metric: str, service: str, label: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=metric_namespace(self._settings),
            metric_name=metric,
            dimensions_map={"service": service},
            statistic="Sum",
            period=Duration.minutes(5),
            label=label,
        )

    def _api(self, metric: str, statistic: str = "Sum") -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=metric,
            dimensions_map={"ApiId": self._subjects.api_id, "Stage": "$default"},
            statistic=statistic,
            period=Duration.minutes(5),
            label=metric,
        )

    def _of_functions(self, metric: str, statistic: str) -> list[cloudwatch.IMetric]:
        return [
            each.metric(metric, statistic=statistic, label=service)
            for service, each in self._subjects.functions.items()
        ]


def desk_widgets(subjects: Subjects) -> list[list[cloudwatch.IWidget]]:
    """The order desk: the worklist, a board, and a search that leads to one order. All are one function (infra/widgets.py)."""
    reader = subjects.functions["desk.widget.reader"].function_arn
    rows = ((("Worklist", "worklist", _WIDTH),), (("Board", "board", _HALF), ("Find an order", "find", _HALF)))
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


_REVIEWED = ("PaymentsNotTried", "QueuesTurnedToReview")
