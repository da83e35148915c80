"""The installed command against labelled cases that others made. Run as `python -m evals`; see `__main__`."""
