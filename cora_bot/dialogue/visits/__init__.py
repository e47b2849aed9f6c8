"""What a meeting looks like in the chat: its buttons, its cards, and which times fit a person. Pure."""
