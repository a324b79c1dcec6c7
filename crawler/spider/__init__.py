"""Crawl one portal for one night: lists, articles, attachments, look-back, homepage, rendering.

May import `config`, `responses`, `listings`, `downloader` and what stands below them.
"""
