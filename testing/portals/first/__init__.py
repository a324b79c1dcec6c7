"""A portal made for the tests: `python -m scrapy crawl ba_song -s SPIDER_MODULES=testing.portals.first`."""
