"""Tax status of kept invoices: asked after reading, and again while something depends on the answer."""
