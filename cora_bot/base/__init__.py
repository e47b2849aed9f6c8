"""What every room may use: clock, chance, errors, problems, text, calendars, logging."""
