"""The life of an incident: analyse, render, remember."""
