"""Support that tests, faults and measurements share: servers, composed archives, nights, texts.

May import the product and `replicas`; nothing of the product imports it.
"""
