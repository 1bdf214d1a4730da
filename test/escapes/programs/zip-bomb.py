# tries: an archive of 10 MB that unpacks to 10 GB, into memory and then onto the disk
# endings: any
# limits: {"wallMs": 6000, "memoryBytes": 134217728}
import io
import zipfile
import zlib

packed = zlib.compress(b"\0" * (8 << 20), 9)
held = io.BytesIO()
with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("bomb", b"\0" * (32 << 20))
    archive.writestr("../../../../tmp/winnow-owned", b"x")
    archive.writestr("/usr/winnow-owned", b"x")
with zipfile.ZipFile(held) as archive:
    try:
        archive.extractall(".")
    except BaseException as error:
        print(type(error).__name__)
kept = []
for _ in range(1250):
    kept.append(zlib.decompress(packed))
print("escaped: 10 GB unpacked")
