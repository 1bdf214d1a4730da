# tries: to print to standard error without end, catching every error on the way
# endings: output-limit
# limits: {"wallMs": 4000}
import os

while True:
    try:
        os.write(2, b"\xff\n" * 4096)
    except BaseException:
        pass
