# tries: a directory 10,000 deep, to be walked by whoever collects or removes
# endings: any
# limits: {"wallMs": 6000}
import os

for _ in range(10000):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
open("bottom", "w").write("x")
print("done")
