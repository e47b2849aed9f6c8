"""The Bot API's methods, by theme; ``table.py`` lists them all."""
