# tries: to read what lies about on the machine: home directories, keys, shadow, temporary files, mounts, directly and around corners
# prints: done
# harmless: yes

BAITS = ["/root/winnow-bait.txt", "/home/winnow-bait.txt", "/tmp/winnow-bait.txt", "/var/tmp/winnow-bait.txt",
         "/srv/winnow-bait.txt", "/dev/shm/winnow-bait", "/root/.ssh/id_winnow", "/etc/shadow", "/etc/gshadow"]

import os
def read(path):
    try:
        return open(path, "rb").read(100000)
    except BaseException as error:
        return type(error).__name__
for bait in BAITS:
    for way in ("", "/work/../", "/proc/self/root", "/proc/self/cwd/..", "/../../..", "/tmp/..", "/dev/fd/../../.."):
        print(way + bait, read(way + bait))
for place in ("/", "/root", "/home", "/tmp", "/var/tmp", "/srv", "/mnt", "/media", "/run", "/opt", "/etc", "/proc", "/dev", "/dev/shm", "..", "../.."):
    try:
        names = os.listdir(place)
        print(place, names[:60])
        for name in names:
            if name.startswith(("winnow-bait", "winnow-own", "winnow-cwd", "winnow-belt")):
                print("escaped: sees", place, name)
    except BaseException as error:
        print(place, type(error).__name__)
print("done")
