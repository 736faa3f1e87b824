"""The manifests, member by member against the API's own types, and for what they promise."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args, get_origin

import pytest
import yaml

from tests.deployment.conftest import DEPLOY, documents

NEEDS = "pip install 'mingzhang[deployment]'"
pytest.importorskip("lightkube.models", reason=NEEDS)
msgspec = pytest.importorskip("msgspec", reason=NEEDS)

FILES = sorted(
    each for each in (DEPLOY / "kubernetes").glob("*.yaml") if "kustom" not in each.name
)
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text("utf-8"))
ALL = {each["kind"]: each for file in FILES for each in documents(file)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_member_is_one_of_the_api(file: Any) -> None:
    for document in documents(file):
        kind = _kind(document)
        msgspec.convert(document, kind)
        assert list(_unknown(document, kind, document["kind"])) == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"replicas": "2"}, "Expected `int | null`, got `str` - at `$.spec.replicas`"),
        ({"template": {}, "selector": None}, "got `null` - at `$.spec.selector`"),
    ],
)
def test_a_wrong_value_is_noticed(fault: dict[str, Any], words: str) -> None:
    document = ALL["Deployment"] | {"spec": ALL["Deployment"]["spec"] | fault}
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(document, _kind(document))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        ({"replica": 2}, "Deployment.spec.replica"),
        (
            {"strategy": {"rollingUpdate": {"most": 1}}},
            "Deployment.spec.strategy.rollingUpdate.most",
        ),
        ({"template": {"spec": {"containers": [{"nam": "bot"}]}}}, "spec.containers[0].nam"),
    ],
)
def test_a_member_the_api_does_not_have_is_noticed(fault: dict[str, Any], place: str) -> None:
    document = ALL["Deployment"] | {"spec": fault}
    (unknown,) = _unknown(document, _kind(document), "Deployment")
    assert unknown.endswith(place)


def test_all_are_applied_but_the_example_of_secrets_and_the_job() -> None:
    applied = set(KUSTOMIZATION["resources"])
    left_out = {each.name for each in FILES} - applied
    assert left_out == {"secret.example.yaml", "migrate.yaml"}
    assert {each["metadata"].get("namespace", "mingzhang") for each in ALL.values()} == {
        "mingzhang"
    }


@pytest.mark.parametrize("kind", ["Deployment", "Job"])
def test_a_pod_may_do_little(kind: str) -> None:
    pod = ALL[kind]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container["resources"]) == {"requests", "limits"}
    namespace = ALL["Namespace"]["metadata"]["labels"]
    assert namespace["pod-security.kubernetes.io/enforce"] == "restricted"


def test_what_the_pods_refer_to_is_there() -> None:
    deployment, service = ALL["Deployment"], ALL["Service"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        service["spec"]["selector"],
        ALL["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        ALL["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    pod = deployment["spec"]["template"]["spec"]
    volumes = {each["name"] for each in pod["volumes"]}
    assert {each["name"] for each in pod["containers"][0]["volumeMounts"]} == volumes
    given = {f"/run/secrets/mingzhang/{each}" for each in ALL["Secret"]["stringData"]}
    named = {v for k, v in ALL["ConfigMap"]["data"].items() if k.endswith("_FILE")}
    assert named == given


def test_a_replica_is_sent_nothing_before_it_is_ready_and_has_time_to_finish() -> None:
    pod = ALL["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] > pause + 10
    assert ALL["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_internet_reaches_messages_and_the_console_alone() -> None:
    (rule,) = ALL["Ingress"]["spec"]["rules"]
    assert [each["path"] for each in rule["http"]["paths"]] == ["/telegram", "/console"]


def _kind(document: Any) -> Any:
    """The API's type of a manifest."""
    group, _, version = document["apiVersion"].rpartition("/")
    module = f"{group.partition('.')[0] or 'core'}_{version}"
    return getattr(import_module(f"lightkube.models.{module}"), document["kind"])


def _unknown(value: Any, kind: Any, place: str) -> Iterator[str]:
    """Members the API does not have, at any depth."""
    if get_origin(kind) is list:
        for number, each in enumerate(value):
            yield from _unknown(each, get_args(kind)[0], f"{place}[{number}]")
    elif get_args(kind) and get_origin(kind) is not dict:
        for meant in get_args(kind):
            yield from _unknown(value, meant, place)
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        types = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
        for name, each in value.items():
            if name not in types:
                yield f"{place}.{name}"
            elif each is not None:
                yield from _unknown(each, types[name], f"{place}.{name}")
