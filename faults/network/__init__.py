"""Break the network and the servers that a crawl asks: resets, silence, bad TLS, odd pages."""
