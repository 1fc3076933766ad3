"""One question a file: the events table in, a small frozen answer out. Nothing here draws, reads a file or asks anybody."""
