"""``cora visits``: field visits, planned from a workbook and booked in the chat."""
