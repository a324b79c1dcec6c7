"""State what the program is made of: its locked packages, their licences, a bill of materials, known vulnerabilities.

Reads locks, and the metadata of the packages that are installed; imports nothing of the program but its exit codes.
"""
