# tries: to write one file without end, and to claim sizes beyond all disks
# endings: any
# limits: {"wallMs": 5000}
# files: large=absent|left-out|added, sparse=absent|left-out|added
import os

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

def sparse():
    with open("sparse", "wb") as file:
        file.truncate(1 << 50)
attempt("sparse", sparse)
attempt("fallocate", lambda: os.posix_fallocate(os.open("claimed", os.O_CREAT | os.O_RDWR), 0, 1 << 40))
attempt("remove", lambda: os.remove("claimed"))
with open("large", "wb") as file:
    for _ in range(4096):
        file.write(b"x" * (1 << 20))
print("escaped: 4 GB written")
