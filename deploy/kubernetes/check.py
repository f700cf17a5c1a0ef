#!/usr/bin/env python3
"""check.py SERVICE… <manifests: what an overlay builds to, against the published schemas and the house's rules.

What is wrong goes to standard output; exit code 1."""
import pathlib
import sys

import jsonschema
import kubernetes_validate
import yaml

SCHEMAS = pathlib.Path(__file__).resolve().parent / "schemas"
VERSION = "1.32"
found = []


def schema_of_crd(kind):
    for file in SCHEMAS.glob("*.yaml"):
        crd = yaml.safe_load(file.read_text())
        if crd["spec"]["names"]["kind"] == kind:
            return crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return None


def closed(schema):
    """Members that the schema does not know are mistakes, as for the API server with strict validation."""
    if isinstance(schema, dict):
        for part in schema.values():
            closed(part)
        if "properties" in schema and "additionalProperties" not in schema and "x-kubernetes-preserve-unknown-fields" not in schema:
            schema["additionalProperties"] = schema.get("type") == "object" and "metadata" == schema.get("description")
    elif isinstance(schema, list):
        for part in schema:
            closed(part)
    return schema


def check_schema(name, thing):
    custom = schema_of_crd(thing["kind"])
    try:
        if custom:
            custom["properties"]["metadata"] = {"type": "object"}
            jsonschema.validate(thing, closed(custom))
        else:
            kubernetes_validate.validate(thing, VERSION, strict=True)
    except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
        found.append(f"{name}: {error.message if hasattr(error, 'message') else error}")


def want(name, what, holds):
    if not holds:
        found.append(f"{name}: {what}")


def check_pod(name, pod):
    context = pod.get("securityContext", {})
    want(name, "runs as a user that is not root", context.get("runAsNonRoot") is True and context.get("runAsUser", 0) > 0)
    want(name, "has a seccomp profile", context.get("seccompProfile", {}).get("type") == "RuntimeDefault")
    want(name, "gets no token of the cluster", pod.get("automountServiceAccountToken") is False)
    for container in pod["containers"]:
        own = container.get("securityContext", {})
        want(name, "its root file system is read-only", own.get("readOnlyRootFilesystem") is True)
        want(name, "gains no privileges", own.get("allowPrivilegeEscalation") is False and own.get("capabilities", {}).get("drop") == ["ALL"])
        want(name, "asks for CPU and memory", {"cpu", "memory"} <= container["resources"]["requests"].keys())
        want(name, "has a limit of memory", "memory" in container["resources"]["limits"])
        for variable in container.get("env", []):
            secret = any(word in variable["name"] for word in ("PASSWORD", "SECRET", "_URL", "TOKEN"))
            want(name, f"{variable['name']} is no text in a manifest", not secret or "valueFrom" in variable)


def check_service(name, things):
    deployment, policy = things.get(("Deployment", name)), things.get(("NetworkPolicy", name))
    budget, service = things.get(("PodDisruptionBudget", name)), things.get(("Service", name))
    want(name, "has Deployment, Service, PodDisruptionBudget and NetworkPolicy", deployment and policy and budget and service)
    if not (deployment and policy and budget and service):
        return
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (deployment["spec"]["selector"]["matchLabels"], service["spec"]["selector"], budget["spec"]["selector"]["matchLabels"],
                     policy["spec"]["podSelector"]["matchLabels"]):
        want(name, "selectors mean its pods and no others", selector == {"app.kubernetes.io/name": name} and selector.items() <= labels.items())
    callers = policy["spec"]["ingress"][0]["from"][0]["podSelector"]["matchLabels"]
    want(name, "every service may read from it", callers == {"app.kubernetes.io/part-of": "waybill"})
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    want(name, "runs its program", container["command"] == [f"waybill-{name}"])
    want(name, "has all probes", {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys())
    want(name, "has time to drain", deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 20)


def check_scaled(name, thing, things):
    target = thing["spec"]["scaleTargetRef"]["name"]
    want(name, "scales something that is there", ("Deployment", target) in things)
    for trigger in thing["spec"]["triggers"]:
        want(name, "a missing figure is no zero", trigger["metadata"].get("ignoreNullValues") == "false")
    want(name, "counts what is in hand, too", any("rabbitmq_queue_messages{" in t["metadata"]["query"] for t in thing["spec"]["triggers"]))


def main():
    things = {(thing["kind"], thing["metadata"]["name"]): thing for thing in yaml.safe_load_all(sys.stdin)}
    for (kind, name), thing in things.items():
        check_schema(f"{kind} {name}", thing)
        if kind in ("Deployment", "Job"):
            check_pod(f"{kind} {name}", thing["spec"]["template"]["spec"])
        if kind == "ScaledObject":
            check_scaled(f"{kind} {name}", thing, things)
    want("namespace", "an empty selector lets nobody in by default", ("NetworkPolicy", "nobody") in things)
    for name in sys.argv[1:]:
        check_service(name, things)
    print("\n".join(found) or f"{len(things)} objects: all fine")
    sys.exit(bool(found))


main()
