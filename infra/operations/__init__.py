"""The stack of operations: alarms, dashboards and saved queries. No order needs anything of it."""
