"""Invoices and credit notes as data that bookkeeping reads: EN 16931, in the syntax and the PDF of Factur-X."""
