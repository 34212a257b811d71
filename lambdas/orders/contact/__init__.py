"""Who orders, and what their data has to be so that it works later: one judgement for forms, API and signed contracts."""
