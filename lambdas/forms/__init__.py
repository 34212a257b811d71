"""Shop 2: online order forms. A form is a file, `statemachines/<queue>/form.toml`; its pages are served at `/forms/<name>`."""
