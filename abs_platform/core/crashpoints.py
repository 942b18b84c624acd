"""Named places where a process may die. They do nothing; tests replace `reach` to die there and see what is left."""


def reach(name: str) -> None:
    """Called where everything so far is either committed or lost, or within a transaction, between two of its writes."""
