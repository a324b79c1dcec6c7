"""Read an article from a page: by layout, by trafilatura, generically, from JSON.

May import `html`, `check` and `clean`.
"""
