"""Links that browsers and mails hold instead of a login."""
