# tries: to look as if it had run out of memory
# endings: exited 1

raise MemoryError("out of memory: Killed process")
