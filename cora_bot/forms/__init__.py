"""Questionnaires: XLSForm in, Form out; walked one question after another. Pure: no I/O, no clock, no chance."""
