"""The alarms of the table as resources, and the composite alarm over those that stop orders."""

from collections.abc import Iterator, Mapping, Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.functions.function import metric_namespace
from infra.operations.alarms.rule import DIMENSIONS, AlarmRule, Of
from infra.operations.alarms.table import ALARMS, COMPOSITE, COMPOSITE_MEANS
from infra.operations.subjects import Subjects
from infra.stages.settings import StageSettings
from infra.storage import INDEXES

BULK_MACHINE = "Bulk/Machine"  # its path
MOST_METRICS = 10  # that an alarm over an expression takes
_MISSING = {
    "notBreaching": cloudwatch.TreatMissingData.NOT_BREACHING,
    "ignore": cloudwatch.TreatMissingData.IGNORE,
}


class Alarms(Construct):
    """`by_name`: every alarm but the composite one. A rule over more than ten metrics becomes several alarms: `Name`, `Name2`."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings, subjects: Subjects) -> None:
        super().__init__(scope, construct_id)
        self._settings, self._subjects = settings, subjects
        self.by_name: dict[str, cloudwatch.Alarm] = {}
        stopping: list[cloudwatch.IAlarm] = []
        for rule in ALARMS:
            series = list(self._metrics(rule))
            for at in range(0, len(series), MOST_METRICS):
                name = f"{rule.name}{at // MOST_METRICS + 1}" if at else rule.name
                alarm = self._add(rule, name, series[at : at + MOST_METRICS])
                if rule.stops_orders:
                    stopping.append(alarm)
        self.composite = cloudwatch.CompositeAlarm(
            self,
            COMPOSITE,
            composite_alarm_name=f"{settings.stack_name}-{COMPOSITE}",
            alarm_description=COMPOSITE_MEANS,
            alarm_rule=cloudwatch.AlarmRule.any_of(*stopping),
        )

    def _add(self, rule: AlarmRule, name: str, series: Sequence[cloudwatch.IMetric]) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._settings.stack_name}-{name}",
            alarm_description=rule.description,
            metric=series[0] if len(series) == 1 else _together(rule, series),
            threshold=rule.threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=_MISSING[rule.missing],
        )
        self.by_name[name] = alarm
        return alarm

    def _metrics(self, rule: AlarmRule) -> Iterator[cloudwatch.IMetric]:
        ours = rule.of is Of.OURS
        for dimensions in self._dimensions(rule):
            for metric in rule.metrics:
                yield cloudwatch.Metric(
                    namespace=metric_namespace(self._settings) if ours else rule.of.value.partition(" ")[0],
                    metric_name=metric,
                    dimensions_map=dict(zip(DIMENSIONS[rule.of], dimensions, strict=True)) or None,
                    statistic=rule.statistic,
                    period=Duration.minutes(rule.minutes),
                )

    def _dimensions(self, rule: AlarmRule) -> list[tuple[str, ...]]:
        """The values of the rule's dimensions, for each of what it is of."""
        known = self._subjects
        every: Mapping[Of, Sequence[tuple[str, ...]]] = {
            Of.EVERY_FUNCTION: [()],
            Of.MAIL: [()],
            Of.API: [(known.api_id, "$default")],
            Of.MACHINE: [(each.state_machine_arn,) for path, each in known.machines.items() if path != BULK_MACHINE],
            Of.BULK_MACHINE: [(known.machines[BULK_MACHINE].state_machine_arn,)],
            Of.TABLE: [(each.table_name,) for each in known.tables.values()],
            Of.INDEX: [(known.tables["OrderTable"].table_name, index.name) for index in INDEXES],
        }
        if rule.of in every:
            return list(every[rule.of])
        if rule.of is Of.OURS:
            return [(name,) for name in rule.names]
        if rule.of is Of.FUNCTION:
            return [(known.functions[name].function_name,) for name in rule.names]
        return [(known.queues[name].queue_name,) for name in rule.names]


def _together(rule: AlarmRule, series: Sequence[cloudwatch.IMetric]) -> cloudwatch.MathExpression:
    """A moment without data of one metric has the others' all the same, which `m1 + m2` would not."""
    return cloudwatch.MathExpression(
        expression="MAX(METRICS())" if rule.statistic == "Maximum" else "SUM(METRICS())",
        using_metrics={f"m{number}": metric for number, metric in enumerate(series, start=1)},
        period=Duration.minutes(rule.minutes),
        label=rule.name,
    )
