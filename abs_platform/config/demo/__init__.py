"""The demonstration: who plays, and what has happened before the curtain rises."""
