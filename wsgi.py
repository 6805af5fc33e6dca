"""The entry of every process: `gunicorn wsgi:app`, `flask --app wsgi …`."""

import settings
from runtime import cli
from web.app import create_app

app = create_app(settings.load())
cli.register(app)
