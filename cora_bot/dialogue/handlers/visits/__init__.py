"""Meetings in the chat: choosing a time, what becomes of it, and the messages about it."""
