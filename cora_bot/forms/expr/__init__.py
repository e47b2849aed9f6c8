"""The expression language of ODK XForms: text -> syntax tree -> closures. JavaRosa's answer is the measure."""
