"""Service plans and their prices, as code: `plans.toml` is reviewed and deployed like a queue."""
