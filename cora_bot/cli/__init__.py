"""The core's commands. ``bot/cli.py`` adds those that talk to Telegram."""
