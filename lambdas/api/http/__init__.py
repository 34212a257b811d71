"""What was sent: HTTP requests read into calls. Nothing here knows who calls."""
