"""The project's own sample trade and the maker of its documents. Every company, number and person in it is invented."""
