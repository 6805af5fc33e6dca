"""The entry of every process: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import gc
import sys

from runtime import stopping

if "worker" in sys.argv[1:]:
    stopping.listen()  # loading what follows takes a second or two, and a worker may be told to stop meanwhile

# What is loaded stays: looking through it for rubbish took a fifth of a start, and would again and again later.
gc.disable()
import settings  # noqa: E402
from runtime import cli  # noqa: E402
from web.app import create_app  # noqa: E402

app = create_app(settings.load(), doors="worker" not in sys.argv[1:])
cli.register(app)
gc.freeze()
gc.enable()
