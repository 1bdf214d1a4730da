# tries: to catch every refusal of memory and go on for ever
# endings: out-of-memory, timed-out, crashed
# limits: {"wallMs": 2000, "memoryBytes": 134217728}

kept = []
size = 1 << 30
while True:
    try:
        kept.append(bytearray(size))
    except BaseException:
        size = max(size // 2, 16)
