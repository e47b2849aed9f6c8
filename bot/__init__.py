"""The chat face: the only code that knows Telegram."""
