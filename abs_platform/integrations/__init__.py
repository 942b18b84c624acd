"""Outside systems and outside formats, one module or package each: a Protocol, the real one, a Null; no models."""
