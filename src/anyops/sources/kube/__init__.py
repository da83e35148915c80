"""A live cluster: which one, with whose credentials, and what is read from it."""
