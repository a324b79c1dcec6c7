"""What is true of the country and its language on any portal."""
