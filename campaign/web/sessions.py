"""Sessions hold the form token and nothing else; a visitor without one costs nothing."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class FormSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, whose signature is only prepared when there is a cookie to check."""

    def __init__(self) -> None:
        """Make the serializer when it is first needed."""
        self._serializer: URLSafeTimedSerializer | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the request's cookie, or an empty one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what checks the cookie, made once: its keys do not change while the program runs."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer
