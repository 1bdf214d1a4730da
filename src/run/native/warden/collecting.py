"""Finds the files that a job changed, after everything of the job has ended, and sends what is in them.

A job may leave what it likes: links out of its directory, names that are no text, trees without end, files of a petabyte of nothing.
Links are reported and never followed, everything is bounded, and what is left out is said with the reason.
"""
import os
import stat

#: What a changed-files walk looks at before it gives up: far above any real program's output.
WALK_ENTRIES, WALK_DEPTH = 20_000, 60
#: Bytes of names, targets and reasons in a report. It is held three times over and escaped on its way, so it is not left to the job.
REPORT_BYTES = 4 << 20


class Collector:
    """Finds what changed below the current directory. Nothing runs in the cell any more, so nothing moves while it looks."""

    def __init__(self, inputs, job):
        self.inputs = inputs
        self.wanted = None if job['collect'] == 'all' else set(job['collect'])
        self.left = job['fileBytes']
        self.room = REPORT_BYTES
        self.files = []
        self.contents = []
        self.found = set()

    def collect(self):
        self.device = os.stat('.').st_dev
        if self.wanted is None:
            self.walk()
        else:
            for path in sorted(self.wanted):
                if not gone(path):
                    self.look(path)
        for path in self.inputs:
            if path in self.found:
                continue
            if (self.wanted is None or path in self.wanted) and (gone(path) or os.path.isdir(path)):
                self.report(path, 'removed', 0, 0)
        if self.room < 0:
            reason = 'the names of changed files and targets of links together pass %d bytes' % REPORT_BYTES
            self.files.append(('.', 'left-out', 0, reason))
        return self.files, self.contents

    def walk(self):
        seen = 0
        todo = [('', 0)]
        while todo and self.room >= 0:
            directory, depth = todo.pop()
            try:
                with os.scandir(directory or '.') as entries:
                    names = sorted(entry.name for entry in entries)
            except OSError as problem:
                self.leave_out(directory, 'the directory cannot be read: ' + os.strerror(problem.errno))
                continue
            for name in names:
                if self.room < 0:
                    return
                seen += 1
                if seen > WALK_ENTRIES:
                    self.leave_out(directory, 'more than %d entries in all' % WALK_ENTRIES)
                    return
                path = directory + '/' + name if directory else name
                if not self.look(path):
                    if depth + 1 >= WALK_DEPTH or len(path) > 3000:
                        self.leave_out(path, 'nested deeper than %d directories' % WALK_DEPTH)
                    else:
                        todo.append((path, depth + 1))

    def look(self, path):
        """Reports what lies there. False: a directory."""
        try:
            path.encode()
        except UnicodeEncodeError:
            self.leave_out(os.fsencode(path).decode('utf-8', 'replace'), 'its name is not UTF-8')
            return True
        info = os.lstat(path)
        if info.st_dev != self.device:
            return True  # a directory of the host, shown here
        kind = stat.S_IFMT(info.st_mode)
        if kind == stat.S_IFREG:
            self.found.add(path)
        if kind == stat.S_IFDIR:
            return False
        if kind == stat.S_IFLNK:
            self.report(path, 'symlink', 0, os.readlink(path).encode('utf-8', 'surrogateescape').decode('utf-8', 'replace'))
        elif kind != stat.S_IFREG:
            self.leave_out(path, 'neither a file nor a link')
        elif not self.same(path, info):
            if info.st_size > self.left:
                self.leave_out(path, 'the changed files together pass %d bytes' % self.left)
            else:
                change = 'modified' if path in self.inputs else 'added'
                if self.report(path, change, info.st_size, stat.S_IMODE(info.st_mode)):
                    self.left -= info.st_size
                    self.contents.append((path, info.st_size))
        return True

    def same(self, path, info):
        if path not in self.inputs:
            return False
        content, mode = self.inputs[path]
        if info.st_size != len(content) or stat.S_IMODE(info.st_mode) != mode:
            return False
        file = open_plain(path)
        try:
            # As long as it was given, so one read of that much has all of it.
            return os.read(file, len(content) + 1) == content
        finally:
            os.close(file)

    def leave_out(self, path, reason):
        self.report(path or '.', 'left-out', 0, reason)

    def report(self, path, change, size, detail):
        """False: there is no room for it, nor for anything after it."""
        cost = len(path.encode()) + (len(detail.encode()) if isinstance(detail, str) else 0)
        if self.room >= 0:
            self.room = self.room - cost if cost <= self.room else -1
        if self.room < 0:
            return False
        self.files.append((path, change, size, detail))
        return True


def gone(path):
    """Whether nothing lies there. What a parent that became a link leads to is not below the work directory in any sense that counts."""
    parts = path.split('/')
    try:
        os.lstat(path)
        return any(os.path.islink('/'.join(parts[:end])) for end in range(1, len(parts)))
    except OSError:
        return True


def open_plain(path):
    # Pid 1 may read whatever mode the job gave its files.
    return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def send_file(control, path, size):
    file = open_plain(path)
    while size:
        sent = os.sendfile(control.fileno(), file, None, size)
        if sent == 0:
            os._exit(125)  # cut off, which the warden notices: it knows how much was promised
        size -= sent
    os.close(file)
