"""Bring a stack up to date with a project.

A changed template, parameter or pinned package takes `sam build` and `sam deploy`. For changed code, the
recipes of packaging/rules.mk build the artifacts that it is in, without the pinned packages, which are in the
former build. Then Lambda gets them, as from `sam sync --code`, but in a second.
"""

import base64
import hashlib
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local import STATE, deploy, gaps, settings
from local.deploy import fingerprint
from local.endpoint import Endpoint
from local.progress import StepFailed, step

STACK_NAME = "claimcheck"
ALIAS = "live"  # AutoPublishAlias of template.yaml
TEMPLATE = ("template.yaml", "samconfig.toml", "packaging", "layers/engine/requirements.txt")
LAYERS = {"EngineLayer": "engine", "AppsLayer": "apps"}
# The sources of each artifact. GetJob comes last, because jobs do not need its code. It serves the
# description of the whole API, in which handlers are not.
ARTIFACTS = {
    "EngineLayer": ["layers"],
    "AppsLayer": ["apps", "layers/engine/claimcheck/build"],
    "SubmitJob": ["functions/submit_job"],
    "Worker": ["functions/worker"],
    "Sweeper": ["functions/sweeper"],
    "GetJob": ["functions/get_job", "apps", "layers"],
}
EDITED = "Published without sam deploy."
NOT_IN = {"GetJob": {"handlers"}}


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A deployed project. `template` and `code` are fingerprints of the sources, `code` by artifact.

    `built` is the folder of the last `sam build`.
    """

    outputs: dict[str, str]
    parameters: dict[str, str]
    template: str
    code: dict[str, str]
    built: str


def roll_out(
    project: Path, parameters: Mapping[str, str], former: Deployment | None, run_dir: Path, to: Endpoint
) -> Deployment:
    """Bring what is deployed up to date with the project.

    Raises: StepFailed. Then the stack keeps the former code of what could not be built.
    """
    parameters = {**parameters, "EndpointUrl": to.url}
    requirements = sorted(str(each.relative_to(project)) for each in project.glob("apps/*/requirements"))
    template = fingerprint(project, [*TEMPLATE, *requirements])
    code = {
        artifact: fingerprint(project, sources, NOT_IN.get(artifact, set()))
        for artifact, sources in ARTIFACTS.items()
    }
    if (
        former
        and (former.template, former.parameters) == (template, parameters)
        and Path(former.built).exists()
    ):
        outputs, built, known = former.outputs, former.built, former.code
    else:
        built_template = deploy.build(project, STATE / "builds", run_dir / "build.log")
        config = project / "samconfig.toml"
        outputs = deploy.deploy(
            built_template, config, STACK_NAME, parameters, log=run_dir / "deploy.log", to=to
        )
        gaps.close(to, STACK_NAME, outputs)
        built = str(built_template.parent)
        # `sam deploy` leaves alone what its template does not change, also if that has had new code since.
        known = {} if former else code
    publisher = Publisher(to, outputs, Path(built))
    changed = [artifact for artifact in ARTIFACTS if code[artifact] != known.get(artifact)]
    for artifact in changed:
        publisher.publish(project, artifact, run_dir / "tmp")
    if changed:
        publisher.switch()
    settings.store_secrets(project, to, STACK_NAME)
    return Deployment(outputs=outputs, parameters=parameters, template=template, code=code, built=built)


class Publisher:
    """Gives the functions new code."""

    def __init__(self, at: Endpoint, outputs: dict[str, str], built: Path) -> None:
        self._lambda = at.client("lambda")
        self._names = {name.removesuffix("Name"): value for name, value in outputs.items()}
        self._built = built

    def publish(self, project: Path, artifact: str, scratch: Path) -> None:
        """Raises: StepFailed if the build fails. Then the functions keep their code."""
        with tempfile.TemporaryDirectory(dir=scratch) as place, step(f"new code of {artifact}"):
            assemble(project, artifact, Path(place))
            package = pack(self._built / artifact, Path(place))
        if artifact in LAYERS:
            self._replace_layer(f"{STACK_NAME}-{LAYERS[artifact]}", package)
        else:
            self._replace_function(self._names[artifact], package)

    def switch(self) -> None:
        """Let the aliases, which requests and wake-ups use, name versions with the new code."""
        for function in (self._names[each] for each in ARTIFACTS if each not in LAYERS):
            new = self._lambda.publish_version(FunctionName=function, Description=EDITED)["Version"]
            self._lambda.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=new)
            for each in self._lambda.list_versions_by_function(FunctionName=function)["Versions"]:
                if each.get("Description") == EDITED and each["Version"] not in (new, "$LATEST"):
                    self._lambda.delete_function(FunctionName=function, Qualifier=each["Version"])

    def _replace_function(self, name: str, package: bytes) -> None:
        digest = base64.b64encode(hashlib.sha256(package).digest()).decode()
        if self._lambda.get_function_configuration(FunctionName=name)["CodeSha256"] != digest:
            self._lambda.update_function_code(FunctionName=name, ZipFile=package)

    def _replace_layer(self, name: str, package: bytes) -> None:
        new = self._lambda.publish_layer_version(
            LayerName=name, Content={"ZipFile": package}, Description=EDITED
        )
        for function in (self._names[each] for each in ARTIFACTS if each not in LAYERS):
            found = self._lambda.get_function_configuration(FunctionName=function)
            former = [layer["Arn"] for layer in found.get("Layers", [])]
            layers = [new["LayerVersionArn"] if f":layer:{name}:" in arn else arn for arn in former]
            if layers != former:
                self._lambda.update_function_configuration(FunctionName=function, Layers=layers)
        for each in self._lambda.list_layer_versions(LayerName=name)["LayerVersions"]:
            # The others belong to the stack, whose next update needs them.
            if each.get("Description") == EDITED and each["Version"] != new["Version"]:
                self._lambda.delete_layer_version(LayerName=name, VersionNumber=each["Version"])


def assemble(project: Path, artifact: str, place: Path) -> None:
    """Build an artifact into the folder `place`, without its pinned packages. Raises: StepFailed."""
    names = deploy.target()
    recipe = f"packaging/{names['Runtime']}-{names['Architecture']}/Makefile"
    command = ["make", "-s", "-f", recipe, f"build-{artifact}", f"ARTIFACTS_DIR={place}", "pinned="]
    done = subprocess.run(
        command,
        cwd=project,
        env=deploy.sam_environ(place.parent),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise StepFailed(f"The stack keeps its former code, because {artifact} was not built:\n{done.stdout}")


def pack(built: Path, place: Path) -> bytes:
    """Return a zip file of `place`, with the packages that only the former build has."""
    files = {path.relative_to(place): path for path in place.rglob("*") if path.is_file()}
    # In a layer, Python's modules are in a folder.
    depth = 2 if (place / "python").exists() else 1
    ours = {name.parts[:depth] for name in files}
    for path in built.rglob("*"):
        name = path.relative_to(built)
        if path.is_file() and name.parts[:depth] not in ours:
            files[name] = path
    return deploy.zipped(files)
