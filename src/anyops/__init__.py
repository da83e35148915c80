"""anyops: facts by code, words by model."""

__version__ = "0.1.0"
