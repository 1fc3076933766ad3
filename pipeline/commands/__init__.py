"""The commands, one module for each or for few that belong together. Only these, `cli` and `terminal` talk to the user.

Heavy libraries are imported inside the command that needs them.
"""
