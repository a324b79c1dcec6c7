"""Play months of nights over recorded or composed articles and hold the archive against what was published."""
