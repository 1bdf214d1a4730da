"""A fork server: a process that has seen no job, from which cells are cloned.

It serves one of two kinds of jobs. The plain zygote is a fork of the warden, made before the first job;
its jobs execute a program. A warm zygote is a Python that was started as `python3 SCRIPT` with the job's whole environment
and stopped just before it would open the script; its jobs return from `serve` and so run the script exactly
as that interpreter would have, with its own start, frames, and end.
"""
import gc
import marshal
import os
import struct

import _socket

import cell
import compact
from collecting import Collector
from messages import receive, send

#: What every zip archive has near its end; Python can run one as a script.
END_OF_ARCHIVE = b'PK\x05\x06'


def serve(control, setup):
    """Clones cells on request. Returns only in a warm job, confined, with its description."""
    for name in ('filter', 'watching'):
        setup[name] = cell.program_filter(setup[name])
    # A collection would write to, and so copy, every page that the forks share.
    gc.disable()
    rehearse()
    gc.collect()
    compact.fill()
    gc.freeze()
    while True:
        message, fds = receive(control, 1)
        if message is None:
            os._exit(0)
        done, = struct.unpack('<I', message)
        if done:
            # Until now its number could not go to another process, so whoever killed by number killed the right one.
            os.waitpid(done, 0)
        pid = cell.fork_cell()
        if pid == 0:
            control.close()
            job = live(_socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, fds[0]), setup)
            return job
        os.close(fds[0])
        send(control, struct.pack('<i', pid))


def rehearse():
    """Does what every cell does and what has no effect here, so that what Python and the linker make on first use is made once."""
    one, other = _socket.socketpair()
    job = {'collect': 'all', 'fileBytes': 1, 'env': {'a': 'b'}, 'argv': ['a'], 'rlimits': {'RLIMIT_CORE': (0, 0)}, 'wall': 0.5}
    for _ in range(10):
        send(one, marshal.dumps(job))
        marshal.loads(receive(other, 3)[0])
        Collector({}, job).collect()
        cell.check(cell.prctl(cell.PR_GET_DUMPABLE, 0, 0, 0, 0), 'rehearse')
    one.close()
    other.close()


def live(control, setup):
    """The life of a cell's first process; returns in a warm job only."""
    inside = False
    try:
        cell.prepare(setup)
        one = cell.Cell(control, setup)
        if one.receive() is None:
            os._exit(0)
        inside = one.start()
        if inside:
            one.confine()
            if one.job['warm'] is None:
                one.execute()
            os.close(3)
            gc.enable()
            script, _ = one.inputs.get(one.job['warm']['script'], (None, 0))
            one.job['warm']['archive'] = script is None or END_OF_ARCHIVE in script
            return one.job
        one.finish()
        os._exit(0)
    except BaseException as problem:
        # The warden tells the caller; a job that could not be confined must never run.
        if not inside:
            report = {'broken': '%s: %s' % (type(problem).__name__, problem)}
            send(control, marshal.dumps(report))
        else:
            os.write(3, b'broken ' + str(problem).encode()[:200])
        os._exit(126)
