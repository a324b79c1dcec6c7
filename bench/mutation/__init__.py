"""Mutation testing: small changes to the code that decides what is kept or accepted, each of which a test must notice."""
