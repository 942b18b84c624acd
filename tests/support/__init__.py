"""What the tests of the business share: a world of organisations, callers of the API, papers of a trade."""
