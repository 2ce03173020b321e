"""The second server: bottle on waitress, in a process of its own, `python server.py --port 0 --defect NAME`.

It is written from the vendor's public material alone and shares nothing with the rest of this repository, so that what
`verify` finds in it is found in a server that nobody had in mind.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import bottle
from waitress.server import create_server

if not __package__:  # a script belongs to no package unless it says so
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "second_server"

from .defects import defects
from .service import KEY, Asked, Service

THREADS = 8
LARGEST_BODY = 1 << 20
ENTITY_HEADERS = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def application(service: Service) -> Any:
    """A WSGI application that asks the service."""
    app = bottle.Bottle()

    def respond() -> Any:
        answer = service.answer(_asked())
        return bottle.HTTPResponse(answer.body, answer.status, dict(answer.headers))

    app.route("/<:re:.*>", method="ANY", callback=respond)
    return app


def _asked() -> Asked:
    request = bottle.request
    # Not bottle's own headers: they take every value for UTF-8, and fail on one that is not.
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in request.environ.items()
        if name.startswith("HTTP_") or name in ENTITY_HEADERS
    }
    return Asked(request.method, request.path, headers, request.body.read(), request.environ["REMOTE_PORT"])


def about() -> dict[str, Any]:
    """What one has to know to talk to the server: its key, its profiles, its defects."""
    return {
        "key": KEY,
        "profiles": [[each.profile_id, each.customer_user_id] for each in Service().profiles],
        "defects": {name: each.__doc__ for name, each in defects().items()},
    }


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description="A server for the two operations, right or with one defect.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--defect", choices=defects(), metavar="NAME", help="one of those that --about names")
    parser.add_argument(
        "--about", action="store_true", help="print key, profiles and defects as JSON, and serve nothing"
    )
    told = parser.parse_args()
    if told.about:
        sys.stdout.write(json.dumps(about(), indent=2) + "\n")
        return
    service = defects()[told.defect]() if told.defect else Service()
    server = create_server(
        application(service), host="127.0.0.1", port=told.port, threads=THREADS, max_request_body_size=LARGEST_BODY
    )
    sys.stdout.write(f"http://127.0.0.1:{server.effective_port}\n")  # type: ignore[union-attr]
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main()
