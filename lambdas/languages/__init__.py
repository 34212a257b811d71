"""Languages of what buyers read: texts from gettext's catalogs, and dates and amounts as CLDR has them.

A folder for each language, all made by `make texts`: `buyers.mo` from `translations/<tag>.po`, `formats.json` from Babel. English
is the language of the source and has no catalog. What programs and staff read stays English.
"""
