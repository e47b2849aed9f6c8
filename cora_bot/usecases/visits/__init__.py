"""What the team does about visits, and what falls due about them."""
