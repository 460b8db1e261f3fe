"""One clock for all of the emulated AWS, which a test may move forward, and the work that is due by it.

Work is a generator that yields how many seconds of AWS's time its next step takes; what happens by the hour, whatever
the speed of work, is an alarm. Nothing runs in the background: before a request is answered, whatever is due by then is
done, in the order in which it was due, and what happens then carries the time at which it was due. One request at a
time: moto itself is not safe for more."""

import datetime
import os
import threading
import time
import traceback

from moto.core import utils

lock = threading.RLock()


class _Clock:
    def __init__(self):
        self.reset()

    def reset(self):
        self.speed = float(os.environ.get("SANDBOX_AWS_SPEED", "1"))
        self.offset = 0.0
        self.frozen = None  # the time at which a step was due, while it is done
        self.jobs = []

    def now(self):
        """Seconds since 1970."""
        return self.frozen if self.frozen is not None else time.time() + self.offset


_clock = _Clock()
reset = _clock.reset


class Job:
    """Work under way. cancel() leaves it where it is."""

    def __init__(self, steps):
        self.steps, self.due = steps, _clock.now()
        _clock.jobs.append(self)
        self.run()

    def run(self):
        try:
            self.due += next(self.steps) / _clock.speed
        except StopIteration:
            self.cancel()
        except Exception:  # a fault of the sandbox itself: the log is all there is
            traceback.print_exc()
            self.cancel()

    def cancel(self):
        if self in _clock.jobs:
            _clock.jobs.remove(self)


start = Job
_alarms = []  # functions that give (due, what to do) of what is next of theirs, or None


def watch(upcoming):
    _alarms.append(upcoming)


def _next():
    """What is due first, as (due, what to do); work goes before what is by the hour."""
    jobs = [(job.due, job.run) for job in _clock.jobs]
    return min(jobs + [found for found in (upcoming() for upcoming in _alarms) if found], key=lambda one: one[0], default=None)


def settle():
    """Does everything that is due."""
    until = _clock.now()
    while (one := _next()) is not None and one[0] <= until:
        _clock.frozen = one[0]
        try:
            one[1]()
        finally:
            _clock.frozen = None


def now():
    return _clock.now()


def utcnow():
    return datetime.datetime.fromtimestamp(_clock.now(), datetime.timezone.utc).replace(tzinfo=None)


def change(advance_seconds=0.0, speed=None):
    settle()
    if advance_seconds < 0:
        raise ValueError("the clock goes forward only")
    if speed is not None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        for job in _clock.jobs:  # what is under way keeps its remaining share
            job.due = _clock.now() + (job.due - _clock.now()) * _clock.speed / speed
        _clock.speed = speed
    _clock.offset += advance_seconds
    settle()


def describe():
    return {"now": utcnow().isoformat() + "Z", "speed": _clock.speed, "running": len(_clock.jobs)}


# Every module of moto has its own reference to utcnow, so the function itself is changed.
utils._sandbox_utcnow = utcnow
utils.utcnow.__code__ = (lambda: _sandbox_utcnow()).__code__  # noqa: F821  (a global of moto.core.utils)
