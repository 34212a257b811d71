"""What people say of themselves, each kind of value by one rule: names, addresses, countries, telephones, hosts, tax numbers.

A rule takes text and gives it as it is kept, or raises UnfitError. Given its own result it changes nothing. Libraries are loaded
when a value asks for them: they take as long as a tenth of a function's start.
"""
