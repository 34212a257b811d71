"""The port of registrars: whether a domain name is free. Who registers it is an action of the queue."""
