"""Strong customer authentication (3-D Secure): a card holder whom the bank asked to confirm an order's payment."""

from lambdas.access.permits import CallersPermit
from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.method import Method
from lambdas.api.orders.records_2_0 import submitted
from lambdas.api.orders.views import etag, order_view
from lambdas.api.threedsecure import records_2_0 as answers
from lambdas.api.threedsecure import views
from lambdas.api.threedsecure.requests import AuthenticatedPaymentRequest, AuthenticationRequest
from lambdas.orders.model.order import Order
from lambdas.orders.submit_errors import NoChallengeError
from lambdas.payments.authentication import Authentication, authentication_of
from lambdas.records.users.rights import Right


def _pay(backend: Backend, request: AuthenticatedPaymentRequest, caller: Caller) -> Order:
    order = backend.order(request, caller)
    return backend.service.authenticate(order, request.threedsecure, by=caller.name, permit=CallersPermit(caller))


def _process(backend: Backend, request: AuthenticationRequest, caller: Caller) -> Authentication:
    order = backend.order(request, caller)
    found = authentication_of(order, backend.gateway, backend.service.now())
    if found is None:
        raise NoChallengeError(order.order_id)
    return found


METHODS: dict[str, Method] = {
    "order.threedsecure2_payment": Method(
        title="Pay an order after its card holder confirmed the payment, and submit it",
        request=AuthenticatedPaymentRequest,
        rights=(Right.CREATE,),
        verb=_pay,
        answer=submitted,
        view=order_view,
        headers=etag,
        moves_on=True,
        example={"order_id": "1001", "threedsecure": {"challenge_id": "sbc_0", "proof": "proof_authenticated"}},
    ),
    "order.threedsecure2_process": Method(
        title="Say what a card holder must do to confirm an order's payment, and whether they did",
        request=AuthenticationRequest,
        rights=(Right.CREATE,),
        verb=_process,
        answer=answers.authentication,
        view=views.authentication_view,
        example={"order_id": "1001", "action": "authenticate", "threedsecure": {}},
    ),
}
