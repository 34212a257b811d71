"""The worklist: what waits for somebody, by queue, team and person, most urgent first."""
