"""What a portal's night is judged by: what it counted, what was usual before, and the findings of each kind."""
