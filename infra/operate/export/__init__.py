"""An auditor's export: the invoices and credit notes of a period, with the proof that none is missing."""
