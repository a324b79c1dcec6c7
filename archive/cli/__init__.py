"""Run the auditor's commands, one module each: `add` declares its arguments, `_run` below carries it out.

May import everything of `archive`.
"""
