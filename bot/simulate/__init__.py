"""`cora simulate`: synthetic people live through a study in seconds, and what they remember is held against the export.

The bot runs in a process of its own, unchanged; time is passed to it, so that it jumps from due moment to due moment.
"""
