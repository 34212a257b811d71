"""The public doors: one construct each, their routes, throttles and permissions."""
