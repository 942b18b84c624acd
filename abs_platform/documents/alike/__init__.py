"""Near duplicates: invoices of one seller to one buyer that nearly repeat another. For risk officers alone."""
