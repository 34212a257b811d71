"""Contact data, one rule per kind of value: names, addresses, countries, telephones, hosts, tax numbers.

A rule takes text and returns it as it is kept, or raises UnfitError. Its own result stays unchanged. Libraries are imported
when a value needs them, because each takes up to a tenth of a function's start.
"""
