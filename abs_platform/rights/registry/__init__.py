"""Once and only once: rights on the registry that a consortium's platforms share, and who would win where a claim is financed twice."""
