"""The matrix of methods and callers (tests/data/role_matrix.txt): its rows, the shop that is asked, and how cells are told."""
