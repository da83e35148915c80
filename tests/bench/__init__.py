"""How fast the installed command is. Run as `python -m bench`; see `__main__`."""
