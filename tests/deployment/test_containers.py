"""The image, and the services made of it: checked by their schemas, and for what they promise."""

import re
from typing import Any

import pytest
import yaml

from tests.deployment.conftest import DEPLOY, Check

COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
CADDYFILE = (DEPLOY / "Caddyfile").read_text("utf-8")
BOTS = ("bot", "bot-1", "bot-2")


def test_the_image_is_made_as_its_linter_wants(check: Check) -> None:
    checked = check("hadolint", DEPLOY / "Dockerfile")
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_image_runs_as_nobody_and_tells_its_health() -> None:
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last_stage, re.MULTILINE)
    assert "HEALTHCHECK" in last_stage
    assert "http://127.0.0.1:8080/healthz" in last_stage
    assert "MINGZHANG_LISTEN=0.0.0.0:8080" in last_stage
    assert last_stage.index("USER") > last_stage.index("RUN")


def test_the_image_is_made_with_the_python_the_hashes_are_for() -> None:
    named = re.search(r"^ARG PYTHON=(\d+\.\d+)-", DOCKERFILE, re.MULTILINE)
    assert named
    head = (DEPLOY / "requirements.txt").read_text("utf-8")[:200]
    assert f"with Python {named[1]}" in head


def test_nothing_gets_into_the_image_unasked() -> None:
    """A list of what may: so no secret, database or history does."""
    lines = (DEPLOY.parent / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert allowed == {
        *("bot/", "knowledge/", "settlement/", "pyproject.toml", "README.md", "LICENSE"),
        *("deploy/requirements.txt", "deploy/requirements-build.txt"),
    }


def test_compose_knows_every_word(check: Check) -> None:
    file = DEPLOY / "compose.yaml"
    checked = check("check-jsonschema", "--builtin-schema", "vendor.compose-spec", file)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_may_do_little(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= set(limits)
    assert service["restart"] == "unless-stopped"
    assert "max-size" in service["logging"]["options"]


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_what_a_service_refers_to_is_there(name: str) -> None:
    service = COMPOSE["services"][name]
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    assert set(service["networks"]) <= set(COMPOSE["networks"])
    assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
    named = [each.partition(":")[0] for each in service.get("volumes", ()) if ":" in each]
    assert {each for each in named if not each.startswith(".")} <= set(COMPOSE["volumes"])
    for variable, value in service.get("environment", {}).items():
        if variable.endswith("_FILE"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]


@pytest.mark.parametrize("name", BOTS)
def test_a_bot_has_time_to_finish_and_no_secret_in_the_open(name: str) -> None:
    service = COMPOSE["services"][name]
    assert int(service["stop_grace_period"].removesuffix("s")) > 10
    secret = {"MINGZHANG_TOKEN", "MINGZHANG_DATABASE_URL", "MINGZHANG_WEBHOOK_SECRET"}
    assert not secret & set(service["environment"])


def test_the_single_bot_does_not_run_beside_the_cluster() -> None:
    """It would poll, and polling takes the webhook away."""
    assert COMPOSE["services"]["bot"]["profiles"] == ["alone"]
    others = {name: each for name, each in COMPOSE["services"].items() if name != "bot"}
    assert all(each["profiles"] == ["cluster"] for each in others.values())


def test_pg_dump_in_the_image_is_of_the_servers_version() -> None:
    """Debian's trixie has PostgreSQL 17."""
    assert COMPOSE["services"]["postgres"]["image"].startswith("postgres:17")
    assert "slim-trixie" in DOCKERFILE


def test_the_proxy_is_written_as_it_reads(check: Check) -> None:
    checked = check(
        "caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"
    )
    assert checked.returncode == 0, checked.stderr[-300:]
    assert check("caddy", "fmt", DEPLOY / "Caddyfile").stdout == CADDYFILE


def test_the_proxy_shows_messages_and_the_console_alone(check: Check) -> None:
    adapted = check("caddy", "adapt", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")
    servers = yaml.safe_load(adapted.stdout)["apps"]["http"]["servers"]
    text = yaml.safe_dump(servers)
    paths = {path for found in _members(servers, "path") for path in found}
    assert paths == {"/telegram", "/telegram/*", "/console", "/console/*"}
    assert {each["dial"] for found in _members(servers, "upstreams") for each in found} == {
        "bot-1:8080",
        "bot-2:8080",
    }
    assert "status_code: 404" in text


def _members(document: Any, name: str) -> list[Any]:
    """The values of every member of that name, at any depth."""
    if isinstance(document, dict):
        here = [document[name]] if isinstance(document.get(name), list) else []
        return here + [each for value in document.values() for each in _members(value, name)]
    if isinstance(document, list):
        return [each for value in document for each in _members(value, name)]
    return []
