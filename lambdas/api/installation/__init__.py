"""Methods about the installation."""
