"""The facts of one moment, and the report made of them: records without behaviour."""
