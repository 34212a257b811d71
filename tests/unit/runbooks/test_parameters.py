"""Parameters are read strictly, because a document can be changed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.runbooks.catalog import RUNBOOKS
from lambdas.runbooks.errors import WrongParameterError
from lambdas.runbooks.parameters import Values
from lambdas.runbooks.runbook import Runbook

each_runbook = pytest.mark.parametrize("runbook", RUNBOOKS, ids=[runbook.verb for runbook in RUNBOOKS])


def of(runbook: str) -> Runbook:
    (found,) = (each for each in RUNBOOKS if each.verb == runbook)
    return found


@each_runbook
@given(data=st.data())
def test_whatever_is_sent_is_read_or_refused_and_never_quoted(runbook: Runbook, data: st.DataObject) -> None:
    names = st.sampled_from([parameter.name for parameter in runbook.parameters]) | st.just("Strange")
    # Letters that no refusal has in its own words.
    values = st.lists(
        st.text(min_size=1, alphabet=st.characters(categories=["L", "S"], min_codepoint=0x400)), max_size=3
    )
    sent = data.draw(st.dictionaries(names, values))
    try:
        read = Values.of(runbook.parameters, sent)
    except WrongParameterError as refused:
        assert not any(value.strip() and value in refused.message for several in sent.values() for value in several)
    else:
        assert set(read.by_name) == {parameter.name for parameter in runbook.parameters}


@pytest.mark.parametrize(
    ("runbook", "sent", "named"),
    [
        ("cancel-order", {"OrderId": ["1001"]}, "Reason"),
        ("cancel-order", {"OrderId": ["1001; drop"], "Reason": ["x"]}, "OrderId"),
        ("cancel-order", {"OrderId": ["{{ automation:EXECUTION_ID }}"], "Reason": ["x"]}, "OrderId"),
        ("cancel-order", {"OrderId": ["1001", "1002"], "Reason": ["x"]}, "OrderId"),
        ("cancel-order", {"OrderId": ["1001"], "Reason": ["two\nlines"]}, "Reason"),
        ("cancel-order", {"OrderId": ["1001"], "Reason": ["x" * 251]}, "Reason"),
        ("cancel-order", {"OrderId": ["1001"], "Reason": ["x"], "ExecutedBy": ["arn:aws:iam::1:root"]}, "ExecutedBy"),
        ("cancel-order", {"OrderId": ["1001\u0662"], "Reason": ["x"]}, "OrderId"),
        ("skip-action", {"OrderId": ["1001"], "Reason": ["x"]}, "ActionId"),
        ("pause", {"What": ["everything"], "Name": ["x"], "Minutes": ["5"], "Reason": ["x"]}, "What"),
        ("bulk", {"Verb": ["delete"]}, "Verb"),
        ("bulk", {"Verb": ["retry"], "Preview": ["maybe"]}, "Preview"),
        ("bulk", {"Verb": ["retry"], "OrderIds": ["1"] * 51}, "OrderIds"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(runbook: str, sent: dict[str, list[str]], named: str) -> None:
    with pytest.raises(WrongParameterError, match=f"nothing was done: {named}"):
        Values.of(of(runbook).parameters, sent)


def test_what_is_left_out_has_its_default() -> None:
    values = Values.of(of("bulk").parameters, {"Verb": ["retry"]})

    assert values.is_yes("Preview")
    assert values.number("QueueId") is None
    assert values.listed("OrderIds") == ()
