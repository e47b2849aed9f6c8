"""Field visits: a trip as its researchers write it, the slots it gives, and the visit of one person. Pure."""
