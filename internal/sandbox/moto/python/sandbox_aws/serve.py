"""The server: settles what is due before each request, answers one at a time, and has addresses of its own below
/moto-api/sandbox/ by which the sandbox moves the clock, lets single resources fail and says what things cost."""

import json

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from . import actions, clock, costs, failures


def _clock(asked):
    if asked:
        clock.change(**asked)
    return clock.describe()


def _failures(asked):
    if asked is not None:
        failures.add(**asked)
    return failures.listed()


def _costs(asked):
    if asked is not None:
        costs.tell(**asked)
    return costs.told()


_ADDRESSES = {
    "/moto-api/sandbox/actions": lambda asked: actions.fired(),
    "/moto-api/sandbox/clock": _clock,
    "/moto-api/sandbox/costs": _costs,
    "/moto-api/sandbox/failures": _failures,
}


def _answer(environ, start_response, handler):
    status = "200 OK"
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        text = json.dumps(handler(json.loads(body) if body else None))
    except (KeyError, TypeError, ValueError) as problem:
        status, text = "400 Bad Request", json.dumps({"error": str(problem)})
    start_response(status, [("Content-Type", "application/json")])
    return [text.encode()]


_serve = DomainDispatcherApplication.__call__


def _one_at_a_time(self, environ, start_response):
    path = environ.get("PATH_INFO", "")
    with clock.lock:
        if path == "/moto-api/reset" and environ.get("REQUEST_METHOD") == "POST":
            clock.reset()
            for subject in (actions, costs, failures):
                subject.reset()
        clock.settle()
        if path in _ADDRESSES:
            return _answer(environ, start_response, _ADDRESSES[path])
        return _serve(self, environ, start_response)


DomainDispatcherApplication.__call__ = _one_at_a_time
