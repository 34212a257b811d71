"""What an attacker would want, tried on the whole system; `docs/security.md` has a row for each."""
