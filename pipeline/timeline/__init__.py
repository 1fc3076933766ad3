"""Records to events: what is interpreted, and the one table of it."""
