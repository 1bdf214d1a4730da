"""How long a call may take: it is interrupted where it is, so that what it did until then is known."""

import resource
import signal

# How often, seconds apart, a call is looked at; one that took less processor time than this each time waits for nobody.
WAITS, LOOKS, NOTHING = 0.4, 3, 0.002


class Endless(BaseException):
    """A call took all the time there is, or waits for somebody who never comes."""


def alarmed(signum, frame):
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime
    if signum == signal.SIGALRM:
        # On a busy machine time passes with little done; who waits does nothing at all.
        alarmed.idle = alarmed.idle + 1 if spent < alarmed.spent + NOTHING else 0
        alarmed.spent = spent
        if alarmed.idle < LOOKS:
            return
    raise Endless


alarmed.spent, alarmed.idle = 0.0, 0


def timed(seconds):
    """From here on the call has that much processor time, or is done with it (0)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    alarmed.spent, alarmed.idle = used.ru_utime + used.ru_stime, 0
    for which, name, length in ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, WAITS if seconds else 0)):
        if length:
            signal.signal(name, alarmed)
        signal.setitimer(which, length, length)
