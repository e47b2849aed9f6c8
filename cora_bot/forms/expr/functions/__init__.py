"""The functions of the ODK XForms specification, a module for each subject. Lazy ones are in ``compiler``."""

from __future__ import annotations

from cora_bot.forms.expr.functions import dates, digests, geo, nodesets, numbers, selects, strings
from cora_bot.forms.expr.functions.function import Function

FUNCTIONS: dict[str, Function] = {
    **numbers.TABLE,
    **strings.TABLE,
    **dates.TABLE,
    **nodesets.TABLE,
    **selects.TABLE,
    **digests.TABLE,
    **geo.TABLE,
}
