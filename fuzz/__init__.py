"""Feed the readers what a coverage-guided mutator makes of small composed files: `make fuzz`.

Each target is a function of bytes that raises when a reader breaks its promise. Imports the program and `testing`.
"""
