"""Sessions hold the form token and nothing else; a visitor without one costs nothing."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class FormSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, whose signature is only prepared when there is a cookie to check."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the request's cookie, or an empty one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)
