"""World → Report, pure: the same world gives the same bytes."""
