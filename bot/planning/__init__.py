"""The planning page: trips checked, planned, offered and watched in a browser, by somebody without a shell."""
