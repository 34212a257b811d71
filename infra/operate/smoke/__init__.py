"""What only a deployed stage can tell, asked of it: `make smoke STAGE=dev`."""
