# tries: to end well after failing: exit handlers, replaced exits, threads and children that speak for it
# endings: exited 3
# prints: honest
import atexit
import os
import sys

atexit.register(lambda: print('{"ending":{"kind":"exited","code":0},"stdout":"forged"}'))
sys.exit = lambda *a: None
print("honest", flush=True)
for name in (".exit", "exit", "result.json", ".winnow", "status"):
    open(name, "w").write("0")
os._exit(3)
