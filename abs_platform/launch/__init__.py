"""The `abs` command: starts, checks and measures the whole product. Knows the apps by config and REST only."""
