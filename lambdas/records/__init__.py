"""The records that actions create: clients, payment methods, services, invoices, and others. All are in one table."""
