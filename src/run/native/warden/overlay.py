"""A directory of the user's as the program sees it: an overlay whose changes lie apart, and what they come to in the end.

The directory is bound read-only at LOWER and one of Winnow's own at OUT, both seen by the worker and covered in a cell. What the
program writes goes to OUT/upper on the disk, or, where that file system cannot carry it, to the cell's memory. After the last process
has ended, pid 1 of the cell walks what was written, moves each new content to OUT/after/N, and writes OUT/manifest: one change a
line, with what was there before (size, times, hash), so that whoever keeps it can tell whether it still is.

Nothing here is chosen by name alone: every step goes from a directory's descriptor to the next without following links.
Absent: applying. That is done outside, by another process (`overlay/applier/`).
"""
import errno
import json
import os
import stat

LOWER, OUT = '/run/over/lower', '/run/over/out'
#: Changes of one run; a checkout of the largest public repositories has some 400,000 files, and a line here takes 300 bytes.
MOST_CHANGES = 250_000
#: PATH_MAX ends real trees at some 2,000; each level holds two descriptors open here.
MOST_DEPTH = 250
CHUNK = 1 << 20
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class TooMuch(Exception):
    """A bound of this file was passed. Its text reaches the user."""


class Overlay:
    def __init__(self, told):
        self.path = told['path']
        #: The user's directory was copied to OUT/copy, because no overlay can be had.
        self.copied = told['copied']
        #: Kinds of pipes, sockets and devices that the program made; looked for when one that was there is gone.
        self.made = None
        self.where = 'copy' if self.copied else 'disk'

    def mount(self, mount, stage, error):
        """Shows it. @param mount as of `cell.py`; @param stage the cell's own file system; @param error what a refused mount raises"""
        self.lower = os.open(LOWER, DIRECTORY)
        self.out = os.open(OUT, DIRECTORY)
        os.makedirs(OUT + '/after', exist_ok=True)
        #: By the clock that file systems stamp files with.
        self.began = os.stat(OUT + '/after').st_ctime_ns
        os.makedirs(self.path, exist_ok=True)
        if self.copied:
            self.upper = os.open(OUT + '/copy', DIRECTORY)
            mount(OUT + '/copy', self.path, None, 4096, None)
        else:
            try:
                self.overlay(mount, OUT)
            except error as refused:
                try:
                    self.overlay(mount, stage + '/over')
                    self.where = 'memory'
                except error:
                    raise error('no overlay: %s' % refused)
        # Without this a program could write past the overlay.
        mount('tmpfs', '/run/over', 'tmpfs', 1, 'size=4096,nr_inodes=1,mode=755')

    def overlay(self, mount, base):
        for name in ('upper', 'work'):
            os.makedirs('%s/%s' % (base, name), exist_ok=True)
        # The root of an overlay shows the upper directory's own mode and owner.
        os.chmod(base + '/upper', permissions(os.stat(LOWER)))
        self.upper = os.open(base + '/upper', DIRECTORY)
        mount('overlay', self.path, 'overlay', 6, 'lowerdir=%s,upperdir=%s/upper,workdir=%s/work,userxattr,volatile' % (LOWER, base, base))

    def collect(self):
        """Writes the manifest. Nothing of the job runs any more."""
        fd = os.open('manifest', os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=self.out)
        with open(fd, 'w', encoding='utf-8') as self.manifest:
            self.changes = 0
            self.problem = None
            try:
                self.tell({'where': self.where, 'began': str(self.began)})
                if permissions(os.fstat(self.upper)) != permissions(os.fstat(self.lower)):
                    self.tell({'path': '.', 'leftOut': 'permissions of the directory itself are not kept'})
                self.directory('', self.upper, self.lower, 0, self.copied)
            except TooMuch as problem:
                self.problem = str(problem)
            self.tell({'end': True, 'problem': self.problem})

    def tell(self, row):
        self.manifest.write(json.dumps(row, separators=(',', ':')) + '\n')

    def directory(self, prefix, upper, lower, depth, opaque):
        """@param lower None: nothing was there; @param opaque what is below is not seen through"""
        if depth > MOST_DEPTH:
            raise TooMuch('directories are nested deeper than %d' % MOST_DEPTH)
        names = sorted(os.listdir(upper))
        for name in names:
            self.entry(prefix, name, upper, lower, depth)
        if opaque and lower is not None:
            kept = set(names)
            for name in sorted(os.listdir(lower)):
                if name not in kept:
                    self.gone(prefix + name, name, lower, depth)

    def entry(self, prefix, name, upper, lower, depth):
        path = prefix + name
        now = os.stat(name, dir_fd=upper, follow_symlinks=False)
        was = None if lower is None else look(name, lower)
        kind = stat.S_IFMT(now.st_mode)
        if kind == stat.S_IFCHR and now.st_rdev == 0:
            if was is not None:
                self.gone(path, name, lower, depth)
        elif kind == stat.S_IFDIR:
            self.subdirectory(path, name, upper, lower, now, was, depth)
        elif kind == stat.S_IFREG:
            self.file(path, name, upper, lower, now, was, depth)
        elif kind == stat.S_IFLNK:
            target = os.readlink(name, dir_fd=upper)
            before = self.before(path, name, lower, was, depth)
            if before is None or before.get('target') != target:
                self.change(path, before, {'type': 'link', 'target': target}, lambda blob: os.symlink(target, blob, dir_fd=self.out))
        elif was is None or stat.S_IFMT(was.st_mode) != kind:
            self.tell({'path': path, 'leftOut': 'a pipe, socket or device is not kept'})

    def subdirectory(self, path, name, upper, lower, now, was, depth):
        mode = permissions(now)
        is_old = was is not None and stat.S_ISDIR(was.st_mode)
        fd = os.open(name, DIRECTORY, dir_fd=upper)
        below = None
        try:
            if is_old:
                below = os.open(name, DIRECTORY, dir_fd=lower)
                if mode != permissions(was):
                    self.change(path, described(was), {'type': 'directory', 'mode': mode}, None)
            else:
                before = self.before(path, name, lower, was, depth)
                self.change(path, before, {'type': 'directory', 'mode': mode}, None)
            self.directory(path + '/', fd, below, depth + 1, self.copied or is_opaque(fd))
        finally:
            os.close(fd)
            if below is not None:
                os.close(below)

    def file(self, path, name, upper, lower, now, was, depth):
        mode = permissions(now)
        is_old = was is not None and stat.S_ISREG(was.st_mode)
        if self.copied and is_old and now.st_ctime_ns < self.began:
            return
        is_same = is_old and was.st_size == now.st_size and same(name, upper, lower)
        if is_same and mode == permissions(was) and now.st_mtime_ns == was.st_mtime_ns:
            return
        before = self.before(path, name, lower, was, depth)
        after = {'type': 'file', 'mode': mode, 'size': now.st_size, 'disk': disk_of(now), 'hash': digest(name, upper),
                 'mtime': str(now.st_mtime_ns)}
        if stat.S_IMODE(now.st_mode) & 0o7000:
            after['special'] = stat.S_IMODE(now.st_mode) & 0o7000

        def place(blob):
            try:
                os.rename(name, blob, src_dir_fd=upper, dst_dir_fd=self.out)
            except OSError as problem:
                if problem.errno != errno.EXDEV:
                    raise
                copy(name, upper, blob, self.out)
                os.utime(blob, ns=(now.st_mtime_ns, now.st_mtime_ns), dir_fd=self.out)
            clean(blob, self.out, mode)
        # Of permissions and times alone there is no content to keep.
        self.change(path, before, after, None if is_same else place)

    def before(self, path, name, lower, was, depth):
        """What a change stands over. Below a directory that gave way to something else all is removed first."""
        if was is None:
            return None
        if stat.S_ISDIR(was.st_mode):
            self.removed(path, name, lower, depth)
            return None
        side = described(was)
        if side['type'] == 'file':
            side['hash'] = digest(name, lower)
        elif side['type'] == 'link':
            side['target'] = os.readlink(name, dir_fd=lower)
        if was.st_ctime_ns >= self.began:
            side['moved'] = True
        return side

    def gone(self, path, name, lower, depth):
        """What a program took away. A pipe may have got another name, and the new one is not kept: then the old one stays, and what it lies in."""
        moved = self.moved_special(path, name, lower, depth)
        if moved is None:
            self.removed(path, name, lower, depth)
        else:
            self.tell({'path': path, 'leftOut': 'it stays, since %s may have become one of another name, which is not kept' % moved})

    def moved_special(self, path, name, lower, depth):
        """The first pipe, socket or device at or below a path that is gone, of a kind that the program made elsewhere."""
        if depth > MOST_DEPTH:
            raise TooMuch('directories are nested deeper than %d' % MOST_DEPTH)
        was = look(name, lower)
        if stat.S_ISDIR(was.st_mode):
            fd = os.open(name, DIRECTORY, dir_fd=lower)
            try:
                found = (self.moved_special(path + '/' + one, one, fd, depth + 1) for one in sorted(os.listdir(fd)))
                return next((one for one in found if one is not None), None)
            finally:
                os.close(fd)
        if described(was)['type'] != 'other':
            return None
        if self.made is None:
            self.made = made_specials(self.upper, self.lower)
        return path if stat.S_IFMT(was.st_mode) in self.made else None

    def removed(self, path, name, lower, depth):
        """Tells what is gone, what lies in a directory before the directory."""
        if depth > MOST_DEPTH:
            raise TooMuch('directories are nested deeper than %d' % MOST_DEPTH)
        was = look(name, lower)
        if stat.S_ISDIR(was.st_mode):
            fd = os.open(name, DIRECTORY, dir_fd=lower)
            try:
                for one in sorted(os.listdir(fd)):
                    self.removed(path + '/' + one, one, fd, depth + 1)
            finally:
                os.close(fd)
            self.change(path, described(was), None, None)
        else:
            self.change(path, self.before(path, name, lower, was, depth), None, None)

    def change(self, path, before, after, place):
        if self.changes >= MOST_CHANGES:
            raise TooMuch('more than %d changes' % MOST_CHANGES)
        number = self.changes
        self.changes += 1
        if place is not None:
            place('after/%d' % number)
        self.tell({'path': path, 'before': before, 'after': after})


def look(name, directory):
    try:
        return os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None


def disk_of(info):
    """Bytes that a file's content takes: few where it has holes."""
    return min(info.st_size, info.st_blocks * 512)


def permissions(info):
    return stat.S_IMODE(info.st_mode) & 0o777


def described(info):
    kinds = {stat.S_IFREG: 'file', stat.S_IFDIR: 'directory', stat.S_IFLNK: 'link'}
    side = {'type': kinds.get(stat.S_IFMT(info.st_mode), 'other'), 'mode': permissions(info),
            'mtime': str(info.st_mtime_ns), 'inode': str(info.st_ino)}
    if side['type'] == 'file':
        side.update(size=info.st_size, disk=disk_of(info), ctime=str(info.st_ctime_ns), links=info.st_nlink)
    return side


def made_specials(upper, lower):
    """Kinds of special files that lie in one tree and, at the same path, not in the other."""
    made = set()
    for place, _, names, fd in os.fwalk('.', dir_fd=upper, follow_symlinks=False):
        for name in names:
            now = look(name, fd)
            kind = stat.S_IFMT(now.st_mode)
            if described(now)['type'] != 'other' or (kind == stat.S_IFCHR and now.st_rdev == 0):
                continue
            try:
                was = look(place + '/' + name, lower)
            except OSError:
                was = None
            if was is None or stat.S_IFMT(was.st_mode) != kind:
                made.add(kind)
    return made


def is_opaque(fd):
    try:
        return os.getxattr(fd, 'user.overlay.opaque') in (b'y', b'x')
    except OSError:
        return False


def opened(name, directory):
    return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)


def same(name, one, other):
    a, b = opened(name, one), opened(name, other)
    try:
        while True:
            left, right = os.read(a, CHUNK), os.read(b, CHUNK)
            if left != right:
                return False
            if not left:
                return True
    finally:
        os.close(a)
        os.close(b)


def digest(name, directory):
    import hashlib  # 4 ms, which only a run over a directory pays
    state = hashlib.sha256()
    fd = opened(name, directory)
    try:
        piece = os.read(fd, CHUNK)
        while piece:
            state.update(piece)
            piece = os.read(fd, CHUNK)
    finally:
        os.close(fd)
    return state.hexdigest()


def copy(name, directory, target, base):
    """A file from the cell's memory to the disk: bytes, holes and attributes."""
    source = opened(name, directory)
    made = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=base)
    try:
        at = 0
        piece = os.read(source, CHUNK)
        while piece:
            # A piece of zeros stays a hole, since a file may be far longer than any disk.
            if piece.strip(b'\0'):
                view = memoryview(piece)
                while view:
                    done = os.pwrite(made, view, at)
                    at, view = at + done, view[done:]
            else:
                at += len(piece)
            piece = os.read(source, CHUNK)
        os.ftruncate(made, at)
        for attribute in os.listxattr(source):
            try:
                os.setxattr(made, attribute, os.getxattr(source, attribute))
            except OSError as problem:
                if problem.errno not in (errno.ENOTSUP, errno.EPERM):
                    raise
    finally:
        os.close(source)
        os.close(made)


def clean(name, directory, mode):
    """No set-user-ID or other such bit leaves, nor what the kernel noted on the file for its overlay."""
    fd = opened(name, directory)
    try:
        os.fchmod(fd, mode)
        for attribute in os.listxattr(fd):
            if attribute.startswith('user.overlay.'):
                os.removexattr(fd, attribute)
    except OSError as problem:
        if problem.errno != errno.ENOTSUP:
            raise
    finally:
        os.close(fd)


class DiskMeter:
    """Whether what a program wrote to the disk passes its limit: asked of the whole file system first, which is cheap, then of its files.

    What it keeps open without a name, or in directories that only it may read, no walk finds. So it is stopped as well when half of what was free is gone.
    """

    def __init__(self, limit):
        self.limit = limit
        self.free = self.first = self.left()

    def left(self):
        told = os.statvfs(OUT)
        return told.f_bavail * told.f_frsize

    def passed(self):
        left = self.left()
        if self.free - left <= self.limit:
            return False
        if left < self.first // 2:
            return True
        used = 0
        for directory, _, names, fd in os.fwalk(OUT + '/upper', follow_symlinks=False):
            for name in names:
                try:
                    used += os.stat(name, dir_fd=fd, follow_symlinks=False).st_blocks * 512
                except OSError:
                    pass  # it went away meanwhile
            if used > self.limit:
                return True
        self.free = left + used  # others on this disk wrote the rest
        return False
