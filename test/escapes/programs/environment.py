# tries: to find the environment of whoever started it
# prints: done
# harmless: yes
import os
import sys

for name, value in os.environ.items():
    print(name, value[:200])
    if name.startswith(("WINNOW", "NODE", "npm_", "VITEST", "SSH", "AWS", "GITHUB")) or "node_modules" in value:
        print("escaped: was given", name)
print(sys.argv, sys.flags, sys.path, sys.executable)
print("done")
