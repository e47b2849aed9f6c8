"""What each input does, one file per part of the conversation. ``states.py`` says which handler stands where."""
