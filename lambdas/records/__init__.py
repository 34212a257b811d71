"""What actions create: clients, payment methods, services, invoices. One table; ids derive from the order where they can."""
