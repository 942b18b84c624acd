"""Once and only once: rights on the registry that a consortium's platforms share."""
