"""The texts that kubectl prints: descriptions, tables, usage and logs."""
