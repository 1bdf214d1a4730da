# tries: to put something else where its work directory is, so that what is collected comes from there
# endings: exited, crashed
# prints: done
import os
import shutil

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

here = os.getcwd()
for act in (lambda: os.rename(here, here + "-old"), lambda: shutil.rmtree(here), lambda: os.rmdir(here),
            lambda: os.symlink("/etc", here), lambda: os.symlink("/root", here)):
    attempt("replace", act)
attempt("mount", lambda: os.system(f"mount --bind /etc {here}"))
print("done", flush=True)
