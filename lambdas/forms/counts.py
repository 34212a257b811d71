"""How forms do: FormStarted, FormReturned, FormSubmitted and FormRecovered, each at most once for an order."""

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
    """What cannot be counted holds up nobody who orders."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        log_unexpected("form not counted", error)


@dataclass(frozen=True)
class FormCounts:
    """What was counted for an order is kept beside it, so that a double click or a second device counts nothing twice."""

    records: RecordTable

    def count_started(self, form: Form, order_id: str) -> None:
        with _never_raising():
            self._count(STARTED, form, order_id)

    def count_returned(self, form: Form, order_id: str) -> None:
        """Somebody came back to the order by a link."""
        with _never_raising():
            self._count(RETURNED, form, order_id)

    def count_submitted(self, form: Form, order_id: str) -> None:
        """Submitted; recovered as well if somebody had come back to it by a link."""
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
