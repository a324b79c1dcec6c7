"""Scrapy commands of this project; `crawl`, `genspider` and `list` replace Scrapy's own.

May import every room of the crawler.
"""
