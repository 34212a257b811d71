"""Saved queries of CloudWatch Logs Insights, found there under `<stack>/`. `{{order_id}}` is asked for when one is opened.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.operations.subjects import Subjects
from infra.stages.settings import StageSettings

MOST_LOG_GROUPS = 50  # that one query reads


@dataclass(frozen=True, kw_only=True)
class SavedQuery:
    """`services`: whose logs it reads, by beginnings; none for all. `parameters`: name and an example."""

    name: str
    text: str
    services: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()


_DOORS = ("api", "forms", "intake")
SAVED = (
    SavedQuery(
        name="One order's life",
        text='filter order_id = "{{order_id}}"\n'
        "| sort @timestamp asc\n"
        "| display @timestamp, service, level, message, action, action_id, reason, kind, method, user\n"
        "| limit 1000",
        parameters=(("order_id", "1001"),),
    ),
    SavedQuery(
        name="Failures by reason",
        text='filter level in ["ERROR", "WARNING"] and ispresent(message)\n'
        "| fields coalesce(kind, error_class) as why\n"
        "| stats count(*) as times, count_distinct(order_id) as orders, latest(order_id) as latest_order,"
        " latest(@timestamp) as latest_at by service, message, why, reason\n"
        "| sort times desc\n"
        "| limit 100",
    ),
    SavedQuery(
        name="Slow actions",
        text='filter type = "platform.report"\n'
        "| stats count(*) as runs, avg(record.metrics.durationMs) as average_ms,"
        " pct(record.metrics.durationMs, 90) as p90_ms, max(record.metrics.durationMs) as longest_ms,"
        " max(record.metrics.maxMemoryUsedMB) as memory_mb by @log\n"
        "| sort p90_ms desc",
        services=("actions.",),
    ),
    SavedQuery(
        name="Refusals by kind",
        text='filter message in ["call refused", "page refused", "contract set aside"]\n'
        "| stats count(*) as times by service, kind, door, bin(1h)\n"
        "| sort times desc\n"
        "| limit 200",
        services=_DOORS,
    ),
    SavedQuery(
        name="Declines and payments that were not tried",
        text='filter message in ["payment not tried", "order for review", "queue turned to review"]\n'
        "| stats count(*) as times, count_distinct(order_id) as orders by message, because, order_queue_id, bin(1h)\n"
        "| sort times desc",
        services=_DOORS,
    ),
)


class SavedQueries(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings, subjects: Subjects) -> None:
        super().__init__(scope, construct_id)
        for number, query in enumerate(SAVED, start=1):
            logs.CfnQueryDefinition(
                self,
                f"Query{number}",
                name=f"{settings.stack_name}/{query.name}",
                query_string=query.text,
                log_group_names=log_groups_of(subjects, query.services),
                parameters=[
                    logs.CfnQueryDefinition.QueryParameterProperty(
                        name=name, default_value=example, description=f"such as {example}"
                    )
                    for name, example in query.parameters
                ]
                or None,
            )


def log_groups_of(subjects: Subjects, services: Sequence[str]) -> list[str]:
    """Names of the logs of these services; actions first, so that a log that is one too many is that of a page."""
    names = sorted(
        (name for name in subjects.log_groups if not services or name.startswith(tuple(services))),
        key=lambda name: (not name.startswith("actions."), name),
    )
    return [subjects.log_groups[name].log_group_name for name in names][:MOST_LOG_GROUPS]
