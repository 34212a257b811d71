"""List prices of what an order uses, in US dollars, us-east-1, as published in November 2026. Free tiers are left out.

https://aws.amazon.com/dynamodb/pricing/on-demand/  https://aws.amazon.com/step-functions/pricing/
https://aws.amazon.com/lambda/pricing/  https://aws.amazon.com/api-gateway/pricing/  https://aws.amazon.com/eventbridge/pricing/
"""

WRITE_UNIT = 0.625e-6
READ_UNIT = 0.125e-6
TRANSITION = 25e-6
INVOCATION = 0.20e-6
GIGABYTE_SECONDS = {"aarch64": 13.3334e-6, "x86_64": 16.6667e-6}  # by processor
API_CALL = 1.00e-6
EVENT = 1.00e-6
LOG_GIGABYTE = 0.50  # taken in. https://aws.amazon.com/cloudwatch/pricing/
# A month. https://aws.amazon.com/cloudwatch/pricing/  https://aws.amazon.com/secrets-manager/pricing/
ALARM, COMPOSITE_ALARM, METRIC, DASHBOARD = 0.10, 0.50, 0.30, 3.00
SECRET, KEY = 0.40, 1.00
FIREWALL, FIREWALL_RULE = 5.00, 1.00  # https://aws.amazon.com/waf/pricing/
