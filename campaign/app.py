"""The web application: wiring only."""

from functools import lru_cache
from hashlib import sha256
from multiprocessing.util import Finalize
from pathlib import Path

from flask import Flask, request, url_for
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.runtime import Runtime, build_runtime
from campaign.settings import ROOT, Settings, load_settings
from campaign.web.errors import DiscreetFlask, init_errors
from campaign.web.headers import init_headers
from campaign.web.i18n import PAGE_LOCALES, direction, init_i18n, page_locale
from campaign.web.public import blueprint
from campaign.web.sessions import FormSessions
from campaign.web.shared_pages import SharedPages
from campaign.web.slashes import init_slashes

_MAX_BODY = 64 * 1024


def create_app(runtime: Runtime | None = None) -> Flask:
    """Return the app; without arguments it reads the environment, and refuses to start half-configured."""
    settings = runtime.settings if runtime else load_settings()
    app = DiscreetFlask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "campaign" / "static")
    )
    _configure(app, settings)
    app.session_interface = FormSessions()
    app.extensions["campaign"] = runtime or build_runtime(settings)
    protect = CSRFProtect(app)
    # These check the token with the form itself, so that a lost token loses nothing that was typed.
    for view in (
        "views.sign_view",
        "views.letters_only",
        "link_views.link_wanted",
        "names_views.name_given_after_confirming",
        "names_views.own_public_name_given",
    ):
        protect.exempt(f"campaign.web.public.{view}")
    init_i18n(app, str(ROOT / "campaign" / "translations"))
    init_headers(app, https=settings.is_https)
    init_errors(app)
    init_slashes(app)
    app.register_blueprint(blueprint)
    _template_globals(app, settings)
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=1)  # type: ignore[method-assign]
    app.wsgi_app = SharedPages(app.wsgi_app)  # type: ignore[method-assign]
    if runtime is None:
        _start(app.extensions["campaign"])
    return app


def _start(runtime: Runtime) -> None:
    """Begin what runs beside the requests; a runtime that was handed in is somebody else's to start and stop."""
    runtime.warm_up()
    runtime.bell.start()
    if runtime.settings.run_jobs:
        worker = runtime.worker(beside_pages=True)
        worker.start()
        # A mail in hand is finished, so that it does not leave twice. Not by atexit, which the child processes that
        # servers fork leave out; this runs in both.
        Finalize(None, worker.stop, exitpriority=1)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        MAX_CONTENT_LENGTH=_MAX_BODY,
        MAX_FORM_MEMORY_SIZE=_MAX_BODY,
        MAX_FORM_PARTS=100,
        TRUSTED_HOSTS=settings.hosts,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_I18N_ENABLED=False,  # our messages are our own; the library would read its catalogues for every form
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over night must still submit (WCAG 2.2.1)
        SEND_FILE_MAX_AGE_DEFAULT=31536000,  # asset addresses carry a digest of their content
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _template_globals(app: Flask, settings: Settings) -> None:
    @lru_cache
    def digest(path: str) -> str:
        return sha256((Path(app.static_folder or "") / path).read_bytes()).hexdigest()[:12]

    def asset(path: str) -> str:
        return url_for("static", filename=path, v=digest(path))

    @app.context_processor
    def words() -> dict[str, object]:
        locale = page_locale()
        return {
            "asset": asset,
            "site_name": settings.site_name,
            "contact": settings.contact,
            "locale": locale,
            "direction": direction(locale),
            "locales": [(code, name, _same_page(code), code == locale) for code, name in PAGE_LOCALES.items()],
        }

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, object]) -> None:
        chosen = request.args.get("lang", "") if request else ""
        if endpoint.startswith("public.") and chosen in PAGE_LOCALES:
            values.setdefault("lang", chosen)


_PAGES_WITH_SLUG = frozenset(
    {"public.appeal", "public.sign", "public.letters", "public.sent", "public.names", "public.blank_letters"}
)


def _same_page(locale: str) -> str:
    """Return the address of this page in another language, or the nearest page that can be asked for again."""
    slug = (request.view_args or {}).get("slug")
    if slug is None:
        return url_for("public.home", lang=locale)
    endpoint = request.endpoint if request.endpoint in _PAGES_WITH_SLUG else "public.appeal"
    return url_for(endpoint, slug=slug, lang=locale)
