"""The entry of every process: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import sys

from runtime import stopping

if "worker" in sys.argv[1:]:
    stopping.listen()  # loading what follows takes a second or two, and a worker may be told to stop meanwhile

import settings
from runtime import cli
from web.app import create_app

app = create_app(settings.load(), doors="worker" not in sys.argv[1:])
cli.register(app)
