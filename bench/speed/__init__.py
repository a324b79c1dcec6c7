"""Measure what an article costs: ours, Scrapy alone, and Scrapy with what a person would put behind it (`make speed`).

Imports the product, `replicas` and `testing`.
"""
