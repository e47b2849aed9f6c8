"""How the kinds of questions look on the card that need more than one row of buttons: one module for each."""
