"""What a page says: extract, clean, check, dedup, keep; one pure stage each."""
