"""Facts in: each source turns what it reads into a World."""
