"""On the researcher's computer: a bundle and an identity become tables, a codebook and a reconciliation."""
