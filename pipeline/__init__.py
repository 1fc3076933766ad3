"""Records to report: everything behind the parsers."""
