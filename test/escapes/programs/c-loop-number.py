# tries: one multiplication that takes hours, within C
# endings: timed-out, out-of-memory
# limits: {"wallMs": 500}

number = 7 ** 3000000
while True:
    number = number * number
