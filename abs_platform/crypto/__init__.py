"""National cryptography (SM2, SM3, SM4) and the digests built on it. Pure functions; no Django, no I/O, no state."""
