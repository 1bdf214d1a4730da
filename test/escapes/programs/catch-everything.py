# tries: to run for ever, catching everything that could end it
# endings: timed-out
# limits: {"wallMs": 500}
import sys

sys.setrecursionlimit(2**31 - 1)
def loop():
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
        finally:
            loop()
while True:
    try:
        loop()
    except BaseException:
        pass
