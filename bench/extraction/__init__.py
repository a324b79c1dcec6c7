"""Measure how well pages are read: composed pages of every family and kind, drawn pages of no known product, real input.

make quality            = python -m bench.extraction            the table, then one JSON line
make check runs           python -m bench.extraction --check    exit 1 below a floor of `floors.toml`
raise the floors          python -m bench.extraction --update   refuses to lower one without --allow-regression
"""
