# tries: to find files that the run before left, and leaves some
# prints: done
# runs: 3
import os
import site
import sys

PLACES = [".", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/run", "/home", os.path.expanduser("~"), "/var/lock", "/lib", "/usr/lib", "/mnt", "/etc", "/",
          os.path.dirname(os.__file__), *site.getsitepackages(), os.environ.get("TMPDIR", "/tmp")]
for place in PLACES:
    if os.path.exists(os.path.join(place, "winnow-trace")):
        print("escaped: found a trace in", place)
for place in PLACES:
    path = os.path.join(place, "winnow-trace")
    try:
        open(path, "w").write("x")
    except OSError as error:
        print(path, type(error).__name__)
for name in ("sitecustomize.py", "usercustomize.py", "winnow.pth"):
    for place in {os.path.dirname(os.__file__), *site.getsitepackages(), *sys.path}:
        try:
            open(os.path.join(place, name), "w").write("import builtins; builtins.WINNOW_TRACE = 1\n")
        except OSError:
            pass
try:
    open(os.__file__, "a").write("\nimport builtins; builtins.WINNOW_TRACE = 1\n")
except OSError:
    pass
import builtins
if hasattr(builtins, "WINNOW_TRACE"):
    print("escaped: the standard library was changed")
print("done")
