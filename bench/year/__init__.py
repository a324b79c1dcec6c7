"""A composed year of nights over every portal's replica: `python -m bench.year --archive DIR`."""
