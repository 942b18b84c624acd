"""Tax status of VAT invoices (发票查验): what the tax office says of an invoice today. Asked again, for it changes."""
