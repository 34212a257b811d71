"""Search: orders by number, name, company, e-mail address, telephone number, domain, client and invoice."""
