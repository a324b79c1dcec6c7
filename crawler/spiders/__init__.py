"""One module per portal: attributes only."""
