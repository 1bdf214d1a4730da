# tries: to be run by the harness itself, as a module that the harness imports
# prints: done
# runs: 2
import sys

for name in ("os", "sys", "json", "struct", "signal", "socket", "select", "subprocess", "random", "io", "warden", "pyodide", "js", "encodings", "codecs", "site", "traceback"):
    open(f"{name}.py", "w").write("print('escaped: imported', __name__)\n")
open("sitecustomize.py", "w").write("print('escaped: imported', __name__)\n")
print("done")
