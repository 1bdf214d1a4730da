# tries: to fill memory with large blocks
# endings: out-of-memory, exited, crashed, timed-out
# limits: {"wallMs": 6000, "memoryBytes": 134217728}

blocks = []
while True:
    blocks.append(bytearray(b"x") * (16 << 20))
