"""The installation: its methods, its service plans, its version, and the logins of its clients."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.clients.lookup import brands_of
from lambdas.api.errors import InvalidLoginError, NoServicePlanError, UnknownMethodError
from lambdas.api.http.parameters import NoParameters
from lambdas.api.installation import records_2_0 as answers
from lambdas.api.installation import views
from lambdas.api.installation.description import NamedMethod
from lambdas.api.installation.requests import CheckLoginRequest, MethodGetRequest, PlanGetRequest, PlanListRequest
from lambdas.api.method import Method
from lambdas.api.table import every_method, method_named
from lambdas.catalog.plan import Plan
from lambdas.records.clients.client import Client, ClientRecords
from lambdas.records.users.rights import Right

VERSION = "0.1.0"  # of pyproject.toml, which is not deployed


def _method_list(backend: Backend, request: NoParameters, caller: Caller) -> tuple[NamedMethod, ...]:
    return tuple(NamedMethod(name, method) for name, method in every_method())


def _method_get(backend: Backend, request: MethodGetRequest, caller: Caller) -> NamedMethod:
    method = method_named(request.method_name)
    if method is None:
        named = request.method_name if request.method_name.replace(".", "").replace("_", "").isalnum() else ""
        raise UnknownMethodError(f"invalid method specified: {named}")
    return NamedMethod(request.method_name, method)


def _system_info(backend: Backend, request: NoParameters, caller: Caller) -> str:
    return VERSION


def _check_login(backend: Backend, request: CheckLoginRequest, caller: Caller) -> Client:
    """The same work and the same answer, whatever is wrong; too many wrong ones are not looked at any more."""
    brands = [brand for brand in brands_of(backend) if _may(caller, brand)]

    def look() -> Client | None:
        client = ClientRecords(backend.records).verified(request.login, request.password, brands)
        return client if client and _may(caller, client.brand_id) else None

    found = backend.limits.logins.check_login(caller.name, request.login.casefold(), look)
    if found is None:
        raise InvalidLoginError
    return found


def _may(caller: Caller, brand_id: int) -> bool:
    return all(caller.user.may_in(right, None, brand_id) for right in caller.rights)


def _plan_get(backend: Backend, request: PlanGetRequest, caller: Caller) -> Plan:
    plan = backend.plans.get(request.plan_id)
    if plan is None:
        raise NoServicePlanError
    return plan


def _plan_list(backend: Backend, request: PlanListRequest, caller: Caller) -> tuple[Plan, ...]:
    plans = [plan for plan in backend.plans.values() if request.code in (None, plan.code)]
    if request.active == "0" or request.qblistid:
        plans = []
    if request.order_by in ("title", "code"):
        plans.sort(key=lambda plan: plan.title if request.order_by == "title" else plan.code)
    if request.direction == "desc":
        plans.reverse()
    begin = request.offset or 0
    return tuple(plans[begin:] if request.limit is None else plans[begin : begin + request.limit])


METHODS: dict[str, Method] = {
    "uber.method_list": Method(
        title="List the methods of this API",
        request=NoParameters,
        rights=(),
        verb=_method_list,
        answer=answers.method_list,
        view=views.methods_view,
        reads=True,
    ),
    "uber.method_get": Method(
        title="Describe a method of this API",
        request=MethodGetRequest,
        rights=(),
        verb=_method_get,
        answer=answers.method,
        view=views.method_view,
        reads=True,
        example={"method_name": "order.create"},
    ),
    "uber.system_info": Method(
        title="Say which version this is",
        request=NoParameters,
        rights=(),
        verb=_system_info,
        answer=answers.system_info,
        view=views.system_view,
        reads=True,
    ),
    "uber.check_login": Method(
        title="Check a client's login and password",
        request=CheckLoginRequest,
        rights=(Right.VIEW, Right.PERSONAL_DATA),
        verb=_check_login,
        answer=answers.login,
        view=views.login_view,
        keeps_key=True,  # it makes nothing, and what was right may be wrong now
        example={"login": "ada", "pass": "correct horse battery staple"},
    ),
    "uber.service_plan_get": Method(
        title="Get a service plan with its prices and upgrades",
        request=PlanGetRequest,
        rights=(Right.VIEW,),
        verb=_plan_get,
        answer=answers.plan,
        view=views.plan_view,
        reads=True,
        example={"plan_id": "2"},
    ),
    "uber.service_plan_list": Method(
        title="List the service plans",
        request=PlanListRequest,
        rights=(Right.VIEW,),
        verb=_plan_list,
        answer=answers.plans,
        view=views.plans_view,
        reads=True,
        example={"order_by": "title"},
    ),
}
