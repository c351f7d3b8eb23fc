"""The service, for ``uvicorn main:app``."""

from app.startup import create_app_or_exit

app = create_app_or_exit()
