"""The pages a browser is shown."""
