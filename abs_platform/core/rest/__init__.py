"""What every API of the platform shares: problem details, cursor pages, the actor on the request."""
