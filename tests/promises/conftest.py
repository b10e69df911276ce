"""What the promises are held against: the site over plain http, over https, and every address it answers."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from campaign.app import create_app
from campaign.cli.main import cli
from campaign.runtime import Runtime, build_runtime
from tests.site import make_settings
from tests.visitor import SLUG

# Fixtures that the promises about browsers share with the journeys.
from tests.browser.conftest import address, context  # isort: skip  # noqa: F401

_SAMPLES = {"slug": SLUG, "recipient": "president", "filename": "css/site.css", "token": "A" * 43}


def addresses(app: Flask, method: str) -> dict[str, str]:
    """Return an address for every endpoint that knows the method: ``{"public.sign": "/ua-61-21/sign", …}``."""
    return {rule.endpoint: _address(rule) for rule in app.url_map.iter_rules() if method in (rule.methods or ())}


def _address(rule: Rule) -> str:
    values = {name: _SAMPLES.get(name) or _choice(rule, name) for name in rule.arguments}
    _domain, path = rule.build(values) or ("", "")
    return path


def _choice(rule: Rule, name: str) -> str:
    converter = rule._converters[name]
    return sorted(converter.items)[0] if isinstance(converter, AnyConverter) else "x"


@pytest.fixture
def site_with(runtime: Runtime, tmp_path, database_url: str) -> Iterator[Callable[..., Flask]]:
    """Build the same site with other settings: ``site_with(proxy_hops=1)``."""
    graphs: list[Runtime] = []

    def build(**changes: object) -> Flask:
        graph = build_runtime(make_settings(tmp_path, database_url, **changes), runtime.clock)
        graph.__dict__["renderer"] = runtime.renderer
        graphs.append(graph)
        return create_app(runtime=graph)

    yield build
    for graph in graphs:
        graph.database.dispose()


@pytest.fixture
def campaign(runtime, machine_clock, tmp_path, database_url, monkeypatch):
    """Type a command on this site's server."""
    settings = {"INSTANCE": tmp_path, "DATABASE_URL": database_url, "SECRET_KEY": "11" * 32, "INDEX_KEY": "22" * 32,
                "ROW_KEY": "33" * 32, "OUTBOX_KEY": "44" * 32}  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))

    def run(*words):
        done = CliRunner().invoke(cli, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run
