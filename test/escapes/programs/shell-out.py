# tries: os.system, popen, subprocess, posix_spawn and exec, to leave marks all over the file system
# limits: {"wallMs": 40000}
# prints: done
import os
import subprocess

def attempt(name, act):
    try:
        print(name, "->", repr(act())[:200])
    except BaseException as error:
        print(name, "x", type(error).__name__, str(error)[:100])

PLACES = ["/tmp", "/var/tmp", "/etc", "/usr", "/usr/bin", "/root", "/home", "/srv", "/opt", "/dev/shm", "/run", "/lib", "/"]
for place in PLACES:
    mark = f"{place}/winnow-owned"
    attempt("system", lambda: os.system(f"echo x > {mark}"))
    attempt("popen", lambda: os.popen(f"echo x > {mark}").read())
    attempt("run", lambda: subprocess.run(["sh", "-c", f"echo x > {mark}"], capture_output=True).returncode)
    attempt("spawn", lambda: os.posix_spawn("/bin/sh", ["sh", "-c", f"echo x > {mark}"], {}))
    attempt("open", lambda: open(mark, "w").write("x"))
attempt("remove", lambda: subprocess.run("rm -rf /etc/passwd /usr/bin/env /home /root /srv /tmp /var/tmp 2>/dev/null", shell=True).returncode)
attempt("curl", lambda: os.system("command -v curl wget; curl -m 1 http://127.0.0.1:47001; wget -T 1 -t 1 http://127.0.0.1:47001"))
print("done")
