"""The report: what is said, drawn and handed out. It reads the saved timeline and nothing else of the evidence."""
