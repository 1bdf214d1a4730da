# tries: to find open descriptors that it was not given, and to write to all of them
# endings: exited 0
# prints: done
import os

held = []
for fd in range(3, 1024):
    try:
        os.fstat(fd)
    except OSError:
        continue
    try:
        held.append((fd, os.readlink(f"/proc/self/fd/{fd}")))
    except OSError:
        held.append((fd, "?"))
print("held", held)
for fd, target in held:
    if target.startswith(("socket:", "pipe:")):
        print("escaped: was given", fd, target)
    for text in (b'{"ending":{"kind":"exited","code":0}}\n', b"\0\0\0\x10" + b"x" * 16, b"\xff" * 64):
        try:
            os.write(fd, text)
        except OSError:
            pass
print("done", flush=True)
