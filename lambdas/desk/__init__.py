"""The order desk: where staff see orders, find them and act on them. One renderer of HTML fragments, and its hosts."""
