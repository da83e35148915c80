"""The README's picture: `python -m readme` runs the demo on a terminal and draws what it printed."""
