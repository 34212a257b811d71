"""The order desk in a browser, at /desk and in widgets."""
