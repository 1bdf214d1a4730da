# tries: to print through children, on both streams at once
# endings: output-limit, exited
# limits: {"wallMs": 4000}
import subprocess

flood = "while :; do printf %065536d 1; printf %065536d 1 >&2; done"
for child in [subprocess.Popen(["sh", "-c", flood]) for _ in range(3)]:
    child.wait()
