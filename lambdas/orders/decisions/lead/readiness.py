"""The checks that an order must pass before submit."""

from lambdas.orders.contact.fields import CONTACT_FIELDS, unfit_fields
from lambdas.orders.decisions.lead.draft import sale_of
from lambdas.orders.decisions.lead.on_account import is_invoiced_to, is_on_account, on_account_problem
from lambdas.orders.decisions.lead.parties import client_problems
from lambdas.orders.errors import InvalidOrderError, Problem
from lambdas.orders.model import info as order_info
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import MayBeInvoiced
from lambdas.orders.parsing.info_keys import near_misses
from lambdas.orders.payment_ports import Payments
from lambdas.orders.ports import Clients, Pricing


def check_ready(
    order: Order, pricing: Pricing, payments: Payments, clients: Clients, *, invoiced: MayBeInvoiced, now: int
) -> None:
    """Refuse to submit what could not be processed, or what is on account and may not be, naming every wrong part."""
    missing = client_problems(order, clients) if order.client_id else _missing_contact(order, clients)
    named = {problem.field for problem in missing}
    unpriced = (problem for problem in pricing.missing(order.info, sale_of(order, now)) if problem.field not in named)
    problems = [*near_misses(order.info), *missing, *unpriced]
    of_payment = payments.problems(order)
    if not of_payment and is_on_account(order, payments.due(order)):
        allowed = is_invoiced_to(order, invoiced, clients, now)
        of_payment = () if allowed else (on_account_problem(invoiced),)
    if problems or of_payment:
        raise InvalidOrderError((*problems, *of_payment))


def _missing_contact(order: Order, clients: Clients) -> list[Problem]:
    info = order.info
    problems = list(
        unfit_fields({key: info[key] for key in (*CONTACT_FIELDS, "uber_login") if key in info}, where="info.")
    )
    if not any(order_info.text(info, key) for key in ("first", "last", "company")):
        problems.append(Problem("info.first", "a new client needs a name: info.first and info.last, or info.company"))
    if not order_info.text(info, "email"):
        problems.append(Problem("info.email", "a new client needs an e-mail address"))
    login = order_info.text(info, "uber_login")
    if login and clients.has_login(login, order.brand_id):
        text = "is the login name of another client; choose another one, or say whose order it is with client_id"
        problems.append(Problem("info.uber_login", text))
    return problems
