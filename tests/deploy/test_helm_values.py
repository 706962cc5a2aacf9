"""The values for Dagster's own chart: its keys, by the chart's own schema, and the program's own names."""

from pathlib import Path
from typing import Any

from tests.deploy.files import known, parsed

VALUES: dict[str, Any] = parsed("helm-values.yaml")
# https://github.com/dagster-io/dagster/blob/master/helm/dagster/values.schema.json: the keys, of those places in use.
CHART = {
    "": {
        *("dagsterWebserver", "dagster-user-deployments", "postgresql", "generatePostgresqlPasswordSecret", "redis"),
        *("computeLogManager", "runLauncher", "pythonLogs", "dagsterDaemon", "telemetry", "global", "retention"),
    },
    "postgresql": {
        *("enabled", "image", "postgresqlHost", "postgresqlUsername", "postgresqlPassword", "postgresqlDatabase"),
        *("postgresqlParams", "postgresqlScheme", "service"),
    },
    "dagster-user-deployments": {"enabled", "enableSubchart", "imagePullSecrets", "deployments"},
    "runLauncher": {"type", "config"},
    "runLauncher.config.k8sRunLauncher": {
        *("image", "imagePullPolicy", "jobNamespace", "loadInclusterConfig", "kubeconfigFile", "envConfigMaps"),
        *("envSecrets", "envVars", "volumeMounts", "volumes", "labels", "failPodOnRunFailure", "resources"),
        *("schedulerName", "securityContext", "runK8sConfig"),
    },
    "runLauncher.config.k8sRunLauncher.runK8sConfig": {
        *("containerConfig", "podSpecConfig", "podTemplateSpecMetadata", "jobSpecConfig", "jobMetadata"),
    },
    "computeLogManager.config.s3ComputeLogManager": {
        *("bucket", "localDir", "prefix", "useSsl", "verify", "verifyCertPath", "endpointUrl", "skipEmptyFiles"),
        *("uploadInterval", "uploadExtraArgs", "showUrlOnly", "region"),
    },
    "dagsterDaemon": {
        *("enabled", "image", "runCoordinator", "heartbeatTolerance", "env", "envConfigMaps", "envSecrets", "labels"),
        *("resources", "runMonitoring", "runRetries", "sensors", "schedules", "securityContext"),
    },
    "dagsterDaemon.runCoordinator.config.queuedRunCoordinator": {
        *("maxConcurrentRuns", "tagConcurrencyLimits", "dequeueIntervalSeconds", "dequeueNumWorkers"),
        *("dequeueUseThreads", "blockOpConcurrencyLimitedRuns"),
    },
    "dagsterDaemon.runRetries": {"enabled", "maxRetries", "retryOnAssetOrOpFailure"},
}
DEPLOYMENT = {
    *("name", "image", "dagsterApiGrpcArgs", "codeServerArgs", "includeConfigInLaunchedRuns", "port", "replicaCount"),
    *("env", "envConfigMaps", "envSecrets", "volumes", "volumeMounts", "securityContext", "resources", "labels"),
}


def at(place: str) -> dict[str, Any]:
    value = VALUES
    for name in filter(None, place.split(".")):
        value = value[name]
    return value


def test_every_key_is_one_of_the_charts() -> None:
    for place, keys in CHART.items():
        assert set(at(place)) <= keys, place
    [deployment] = at("dagster-user-deployments")["deployments"]
    assert set(deployment) <= DEPLOYMENT


def test_runs_have_the_code_of_the_deployment_and_its_settings() -> None:
    [deployment] = at("dagster-user-deployments")["deployments"]
    assert deployment["includeConfigInLaunchedRuns"] == {"enabled": True}
    assert deployment["codeServerArgs"][:2] == ["-m", "ninja_assets.definitions"]
    assert {each["name"] for each in deployment["env"]} <= known()
    assert {each["name"] for each in deployment["volumeMounts"]} == {each["name"] for each in deployment["volumes"]}


def test_runs_write_to_the_one_folder_too() -> None:
    [deployment] = at("dagster-user-deployments")["deployments"]
    [mounted] = [each["mountPath"] for each in deployment["volumeMounts"]]
    # The chart hands runs the volumes of their deployment, and not its security context.
    assert (
        at("runLauncher.config.k8sRunLauncher.runK8sConfig.containerConfig")["securityContext"]
        == (deployment["securityContext"])
    )
    written = {each["value"] for each in deployment["env"] if each["name"] == "NINJA_OUTPUT"}
    written.add(at("computeLogManager.config.s3ComputeLogManager")["localDir"])
    assert {Path(each).parent for each in written} == {Path(mounted)}


def test_no_secret_stands_in_it() -> None:
    assert "postgresqlPassword" not in at("postgresql")
    for place in ("dagsterWebserver", "dagsterDaemon", "runLauncher.config.k8sRunLauncher"):
        assert at(place)["envSecrets"] == [{"name": "ninja"}]


def test_dagster_is_given_an_address_that_it_can_use() -> None:
    assert at("postgresql")["postgresqlScheme"] == "postgresql+psycopg2"
