"""What an interviewer reads before a visit: one case's dossier, put together on the researcher's computer.

Putting everything of one person together is what makes a person recognisable. So it is done for one visit, for somebody
who is named, and written down before the dossier is there (``folder.py``).
"""
