"""Another process of the site: signs a number of times from one address and prints the statuses."""

import json
import sys
from datetime import datetime
from pathlib import Path

from campaign.app import create_app
from campaign.runtime import build_runtime
from tests.clock import FixedClock
from tests.site import make_settings
from tests.visitor import SLUG, Visitor, form_token


def main(order: dict[str, str]) -> None:
    """Do what the order says: folder, database, limits, moment, address, name and how many."""
    settings = make_settings(Path(order["folder"]), order["database"], sign_limits=order["limits"])
    runtime = build_runtime(settings, FixedClock(datetime.fromisoformat(order["moment"])))
    visitor = Visitor(create_app(runtime=runtime))
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": order["address"]}}
    token = form_token(visitor.client.get(f"/{SLUG}/sign").text)
    statuses = []
    for number in range(int(order["n"])):
        data = {
            "csrf_token": token, "name": "Aygül Qadir", "email": f"{order['name']}-{number}@example.org",
            "country": "CA", "locale": "en", "demands": ["release"], "consent_count": "y",
        }  # fmt: skip
        statuses.append(visitor.client.post(f"/{SLUG}/sign", data=data, **elsewhere).status_code)
    runtime.close()
    sys.stdout.write(json.dumps(statuses))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
