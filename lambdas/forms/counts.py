"""Counts how forms perform: FormStarted, FormReturned, FormSubmitted and FormRecovered, each at most once per order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aws_lambda_powertools.metrics import single_metric
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.forms.form import Form
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger

STARTED, RETURNED, SUBMITTED, RECOVERED = "FormStarted", "FormReturned", "FormSubmitted", "FormRecovered"


@contextmanager
def _never_raising() -> Iterator[None]:
    """A count that fails must not stop an order: log it and continue."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        log_unexpected("form not counted", error)


@dataclass(frozen=True)
class FormCounts:
    """Counts by order. Each count is stored beside its order, so a double click or a second device adds nothing."""

    records: RecordTable

    def count_started(self, form: Form, order_id: str) -> None:
        with _never_raising():
            self._count(STARTED, form, order_id)

    def count_returned(self, form: Form, order_id: str) -> None:
        """Count that somebody returned to the order through a link."""
        with _never_raising():
            self._count(RETURNED, form, order_id)

    def count_submitted(self, form: Form, order_id: str) -> None:
        """Count a submitted order, and a recovered one if somebody had returned to it through a link."""
        with _never_raising():
            self._count(SUBMITTED, form, order_id)
            if self.records.get(f"order#{order_id}", f"count#{RETURNED}"):
                self._count(RECOVERED, form, order_id)

    def _count(self, what: str, form: Form, order_id: str) -> None:
        if not self.records.put_new({"pk": f"order#{order_id}", "sk": f"count#{what}"}):
            return
        with single_metric(
            name=what, unit=MetricUnit.Count, value=1
        ):  # of all forms together: a metric for each is paid for
            pass
        logger.info("form counted", what=what, form=form.name, order_id=order_id)
