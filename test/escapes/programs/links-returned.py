# tries: to have links, devices, pipes and odd names followed or opened by whoever collects what it leaves
# prints: done
# files: to-shadow=symlink, to-bait=symlink, to-root=symlink, loop=symlink, pipe=left-out|absent, main.py=symlink, hard=absent
import os
import socket

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

attempt("shadow", lambda: os.symlink("/etc/shadow", "to-shadow"))
attempt("bait", lambda: os.symlink("/tmp/winnow-bait.txt", "to-bait"))
attempt("root", lambda: os.symlink("/", "to-root"))
attempt("loop", lambda: os.symlink("loop", "loop"))
attempt("escape", lambda: os.symlink("../../../../../../etc/passwd", "up"))
attempt("self", lambda: os.symlink("/proc/self/environ", "environ"))
attempt("hard", lambda: os.link("/etc/shadow", "hard"))
attempt("hard bait", lambda: os.link("/tmp/winnow-bait.txt", "hard"))
attempt("pipe", lambda: os.mkfifo("pipe"))
attempt("device", lambda: os.mknod("device", 0o020666, os.makedev(1, 1)))
attempt("disk", lambda: os.mknod("disk", 0o060666, os.makedev(254, 0)))
attempt("socket", lambda: socket.socket(socket.AF_UNIX).bind("socket"))
for name in ["line\nbreak", "escape\x1b[31m", "quote'\"`$(touch x)", "-rf", " ", "~", "bell\x07", "\u202e", b"not-utf8-\xff", "...", "a\\b", "C:x", "up\\..\\up", b"\xfe" * 200, "\u00e9" * 127, "x" * 255]:
    attempt(repr(name), lambda: open(name, "w").write("x"))
attempt("drive", lambda: (os.mkdir("C:"), open("C:/x", "w").write("x")))
def locked():
    open("locked", "w").write("x")
    os.chmod("locked", 0)
    os.mkdir("shut")
    open("shut/in", "w").write("x")
    os.chmod("shut", 0)
attempt("locked", locked)
def setuid():
    open("suid", "w").write("#!/bin/sh\n")
    os.chmod("suid", 0o6777)
attempt("setuid", setuid)
def replaced():
    os.remove("main.py")
    os.symlink("/etc/shadow", "main.py")
attempt("main", replaced)
print("done")
