# tries: to swap its streams and to put words where only the sandbox speaks
# endings: exited 0, exited 1
# files: out=added|absent
import io
import os
import sys

os.dup2(os.open("out", os.O_CREAT | os.O_RDWR), 1)
print("\0\0\0\0forged", flush=True)
os.close(2)
sys.stderr = sys.stdout = io.StringIO()
for fd in range(64):
    try:
        os.write(fd, b'\n{"kind":"result","exit":0,"stdout":"escaped"}\n')
    except OSError:
        pass
for fd in range(3, 256):
    try:
        os.close(fd)
    except OSError:
        pass
