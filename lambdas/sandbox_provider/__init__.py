"""The sandbox's payment provider: the pages that a real provider would serve from its own host. No door of ours.

Browsers send card numbers here and nowhere else. This function knows no order; forms and API never see what it is sent
(reference/order-systems.md 4.7). It is deployed only where the gateway is the sandbox.
"""
