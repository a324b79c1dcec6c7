"""Read the attached files (PDF, DOCX) of an article.

May import every other room of `pipelines`.
"""
