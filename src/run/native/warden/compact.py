"""Makes the memory of a fork server such that its forks share most of it.

What a fork writes to is copied, a page at a time (1.7 us). After an interpreter's start its memory is full of small holes, and whatever
is made next goes into them: into two hundred pages that it shares with what others use. So the holes are filled, once, before
the first fork; what forks make then lies together in memory that nobody has used.
It relies on how CPython 3.10 and later hands out memory; where that is otherwise, nothing is gained and nothing is lost.
"""
import ctypes
import sys

#: Objects of up to this size come from pools; larger ones from malloc (Objects/obmalloc.c).
SMALL, STEP = 512, 16
#: A pool, and what it begins with, bytes; from CPython 3.10 on.
POOL, POOL_HEADER = 1 << 14, 48
#: Enough for all holes of one size; reached only where pools are laid out otherwise.
MOST = 20_000
#: `mallopt`: never give memory back, and take more at once: a job is short.
M_TRIM_THRESHOLD, M_TOP_PAD = -1, -2
#: The largest holes that are filled, bytes.
LARGE = 1 << 16
#: A large page on x86-64, and on aarch64 with pages of 4 KiB.
HUGE = 1 << 21
#: `madvise`; kernels that do not know it refuse it.
MADV_COLLAPSE = 25

_fillers = []


def fill():
    if sys.implementation.name != 'cpython' or sys.version_info < (3, 10):
        return
    fill_pools()
    fill_heap()
    collapse()


def fill_pools():
    """For each size, as many objects as it takes until one begins a new pool."""
    makers = [object, lambda: 0.5 + len(_fillers)]  # 16 and 32 bytes
    makers += [lambda size=size: bytes(size - sys.getsizeof(b'')) for size in range(48, SMALL + 1, STEP)]
    for make in makers:
        for _ in range(MOST):
            filler = make()
            if id(filler) % POOL == POOL_HEADER:
                break
            _fillers.append(filler)


def fill_heap():
    """The same for malloc, from large to small: a block that lies behind all others shows that no hole is left that could hold it."""
    libc = ctypes.PyDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.mallopt(M_TRIM_THRESHOLD, 1 << 30)
    libc.mallopt(M_TOP_PAD, 1 << 20)
    end = libc.malloc(LARGE)
    size = LARGE
    for _ in range(MOST):
        block = libc.malloc(size)
        if block is None or end is None or size <= SMALL:
            return
        if block >= end:
            libc.free(ctypes.c_void_p(block))
            size -= max(STEP, size // 8 // STEP * STEP)


def collapse():
    """Large pages for the heap and for what Python's own allocator took."""
    madvise = ctypes.PyDLL(None).madvise
    with open('/proc/self/maps') as maps:
        lines = [line.split() for line in maps]
    for place, access, _, _, inode, *name in lines:
        if access == 'rw-p' and inode == '0' and name in ([], ['[heap]']):
            start, end = (int(word, 16) for word in place.split('-'))
            for page in range(-(-start // HUGE) * HUGE, end - HUGE + 1, HUGE):
                madvise(ctypes.c_void_p(page), ctypes.c_size_t(HUGE), MADV_COLLAPSE)
