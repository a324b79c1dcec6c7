"""Break time: clocks that jump, hosts that sleep, nights that overlap."""
