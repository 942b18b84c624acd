"""Invoices of the People's Republic of China, whatever carries them: XML, XBRL, OFD, PDF."""
