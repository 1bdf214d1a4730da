# tries: to print without end and without a line break
# endings: output-limit
import sys

while True:
    sys.stdout.write("x" * 65536)
