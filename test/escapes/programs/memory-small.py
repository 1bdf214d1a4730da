# tries: to fill memory with many small objects
# endings: out-of-memory, exited, crashed, timed-out
# limits: {"wallMs": 6000, "memoryBytes": 134217728}

kept = []
while True:
    kept.append([str(len(kept))])
