# tries: to ignore every signal, block them too, and run for ever
# endings: timed-out
# limits: {"wallMs": 500}
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except BaseException:
        pass
try:
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
except BaseException:
    pass
while True:
    pass
