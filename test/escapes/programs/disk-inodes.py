# tries: to make files without end, each empty
# endings: any
# limits: {"wallMs": 4000}
import os

os.makedirs("d", exist_ok=True)
number = 0
while True:
    os.close(os.open(f"d/{number}", os.O_CREAT))
    number += 1
