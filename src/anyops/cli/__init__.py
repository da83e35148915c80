"""The command line: each module parses options, calls one use case and prints."""
