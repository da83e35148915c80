"""A report as text, Markdown or JSON."""
