"""Break what an archive lies on: disks, databases, power, bits that rot."""
