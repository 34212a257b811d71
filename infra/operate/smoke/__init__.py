"""Checks a deployed stage for what only AWS can show: `make smoke STAGE=dev`."""
