"""Break processes: kill, pause, full disks at each system call, two schedulers at once."""
