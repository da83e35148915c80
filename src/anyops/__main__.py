"""`python -m anyops` is the same as `anyops`."""

from anyops.cli.app import main

if __name__ == "__main__":
    main()
