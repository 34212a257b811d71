"""The dependency layer: the wheels that uv.lock names, for the stage's Python and machine, without Docker.

The wheels are kept in `.local/layers/<hash>`, where the hash is of all that decides them. A second synth therefore
needs no network, however often `cdk.out` is thrown away.

Longer than 200 lines, because it is three layers, and a table of what each leaves out.
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path

from aws_cdk import AssetHashType, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct
from uv import find_uv_bin

from infra.functions.code import add_bytecode, interpreter_of
from infra.functions.function import architecture_of, runtime_of
from infra.stages.owned_files import owned_files
from infra.stages.settings import StageSettings, settings_of
from lambdas.catalog.seller import load_sellers
from lambdas.orders.model.teams import read_teams

# The Lambda runtime brings boto3 and what it stands on.
_IN_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3")
_IN_THE_OTHER_LAYER = ("idna", "typing-extensions")  # of the two layers that a function which pays has
_TYPING = ("stripe/params",)  # half of the SDK: what only type checkers read
_FONTS, _FONT_FOLDER = (
    Path("lambdas/documents/fonts"),
    "document_fonts",
)  # as lambdas/documents/pdf_pages.py looks for them
# What no PDF is made with: programs to build fonts, their compiled parts, and formats that no font of ours has.
_OF_FONTS = (
    "fontTools/**/*.so", "fontTools/**/*.c", "fontTools/**/*.pyx", "fontTools/cu2qu",
    "fontTools/diff", "fontTools/mtiLib", "fontTools/qu2cu", "fontTools/t1Lib", "fontTools/ufoLib", "fontTools/voltLib",
    "share",
    # Logos are PNG: of Pillow, no other formats, typefaces, colour profiles and windows.
    "PIL/_avif*.so", "PIL/_webp*.so", "PIL/_imagingcms*.so", "PIL/_imagingft*.so", "PIL/_imagingtk*.so", "PIL/_imagingmath*.so",
    "PIL/_imagingmorph*.so",
    *(f"pillow.libs/lib{name}*" for name in ("avif", "brotli", "freetype", "harfbuzz", "lcms2", "png16", "sharpyuv", "webp")),
)  # fmt: skip
_NEVER_ASKED = ("dnspython",)  # email-validator's DNS look-ups are switched off

# What no import needs. Licences stay, they belong with the code; so does METADATA, which `importlib.metadata` reads.
_DEAD_WEIGHT = (
    "bin",
    ".lock",
    "**/tests",
    "**/__pycache__",
    "**/*.pyi",
    "**/py.typed",
    "aws_lambda_powertools/event_handler",
    "pydantic/v1",
    "stdnum/**/*.dat",  # of numbers nobody orders with
    "phonenumbers/shortdata/region_*.py",  # emergency and short numbers, which nobody orders with
    "*.dist-info/INSTALLER",
    "*.dist-info/RECORD",
    "*.dist-info/REQUESTED",
    "*.dist-info/sboms",
    "*.dist-info/WHEEL",
)
# Of libraries of many parts, those that functions import, whatever else there is.
_ONLY: Mapping[str, frozenset[str]] = {
    "aws_lambda_powertools/utilities": frozenset({"__init__.py", "jmespath_utils"}),
    # Tax numbers of the European Union, with Northern Ireland's, which are British (lambdas/orders/contact/tax_number.py).
    "stdnum": frozenset(
        {
            "__init__.py", "util.py", "exceptions.py", "luhn.py", "iso7064", "eu",
            "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gb", "gr", "hr", "hu", "ie", "it", "lt", "lu",
            "lv", "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
        }
    ),
}  # fmt: skip
# Parts of libraries that no function imports, or of which one takes one or two of hundreds, once and for a few milliseconds
# (a country's telephone or tax numbers): they are there, but bytecode of all of them would only be carried.
_WITHOUT_BYTECODE = (
    r"aws_lambda_powertools/(utilities|tracing)/|pydantic/(deprecated|experimental|mypy)\b"
    r"|phonenumbers/data/region_|stdnum/[a-z]{2}/"
)
_ZONES = Path("tzdata/zoneinfo")
_RECIPE = "9"  # raise it when the rules of this file change what is in a layer


def bundle_layer(settings: StageSettings, *, root: Path) -> Path:
    """Build the folder of the layer (it holds `python/`), once for each set of wheels, and return it."""
    requirements = _requirements(root)
    has_bytecode = str(bool(interpreter_of(settings.python_version)))
    zones = _time_zones((owned := owned_files(settings.stage, root)).teams, owned.sellers)
    made_of = "\n".join(
        [_RECIPE, has_bytecode, settings.python_version, settings.wheel_platform, *_DEAD_WEIGHT, *zones, requirements]
    )
    strip = partial(_strip, zones=zones)
    return _built(settings, root, made_of, requirements=requirements, strip=strip, as_it_is=_WITHOUT_BYTECODE)


def bundle_payment_layer(settings: StageSettings, *, root: Path) -> Path:
    """As `bundle_layer`, for the SDKs of payment providers. Functions that pay have this layer beside the other."""
    requirements = _requirements(root, "--only-group", "stripe")
    has_bytecode = str(bool(interpreter_of(settings.python_version)))
    made_of = "\n".join(
        [_RECIPE, has_bytecode, settings.python_version, settings.wheel_platform, *_DEAD_WEIGHT, *_TYPING, requirements]
    )
    return _built(settings, root, made_of, requirements=requirements, strip=_strip_payments, as_it_is="")


def bundle_document_layer(settings: StageSettings, *, root: Path) -> Path:
    """As `bundle_layer`, for what writes PDF, with the fonts (lambdas/documents/fonts)."""
    requirements = _requirements(root, "--only-group", "documents")
    has_bytecode = str(bool(interpreter_of(settings.python_version)))
    fonts = sorted((root / _FONTS).glob("*")) if (root / _FONTS).is_dir() else []
    digests = [f"{font.name} {hashlib.sha256(font.read_bytes()).hexdigest()}" for font in fonts]
    of_stage = (has_bytecode, settings.python_version, settings.wheel_platform)
    made_of = "\n".join([_RECIPE, *of_stage, *_DEAD_WEIGHT, *_OF_FONTS, *digests, requirements])
    strip = partial(_strip_documents, fonts=fonts)
    return _built(settings, root, made_of, requirements=requirements, strip=strip, as_it_is="")


def _built(
    settings: StageSettings,
    root: Path,
    made_of: str,
    *,
    requirements: str,
    strip: Callable[[Path], None],
    as_it_is: str,
) -> Path:
    """The folder of these wheels. `as_it_is`: a pattern of paths without bytecode."""
    layer = root / ".local" / "layers" / hashlib.sha256(made_of.encode()).hexdigest()[:32]
    if layer.is_dir():
        return layer
    layer.parent.mkdir(parents=True, exist_ok=True)
    # Built in a temporary folder and moved as a whole: an interrupted or parallel synth leaves no half-built layer.
    with tempfile.TemporaryDirectory(dir=layer.parent) as aside:
        pinned = Path(aside) / "requirements.txt"
        pinned.write_text(requirements)
        made = Path(aside) / "layer"
        _install(settings, pinned=pinned, target=made / "python", root=root)
        strip(made / "python")
        add_bytecode(settings, made / "python", seen_as="/opt/python", but_not=as_it_is)
        if not layer.is_dir():
            made.rename(layer)
    return layer


def layer_version(
    scope: Construct, *, settings: StageSettings, folder: Path, construct_id: str = "Dependencies"
) -> lambda_.LayerVersion:
    """The layer of a folder that `bundle_layer` made; the folder's name is already the hash of its content."""
    return lambda_.LayerVersion(
        scope,
        construct_id,
        code=lambda_.Code.from_asset(str(folder), asset_hash=folder.name, asset_hash_type=AssetHashType.CUSTOM),
        compatible_architectures=[architecture_of(settings)],
        compatible_runtimes=[runtime_of(settings)],
        description="What lambdas/ imports beside the Lambda runtime",
        removal_policy=RemovalPolicy.DESTROY,
    )


def _requirements(root: Path, *group: str) -> str:
    """The product's own dependencies with versions and hashes, from uv.lock alone. `group`: those of a group instead."""
    left_out = (*_IN_THE_RUNTIME, *_NEVER_ASKED, *(_IN_THE_OTHER_LAYER if group else ()))
    without = [word for package in left_out for word in ("--no-emit-package", package)]
    return _uv(
        "export",
        "--frozen",
        "--no-default-groups",
        "--no-emit-project",
        "--no-annotate",
        "--no-header",
        *group,
        *without,
        root=root,
    )


def _install(settings: StageSettings, *, pinned: Path, target: Path, root: Path) -> None:
    _uv(
        *("pip", "install", "--target", str(target), "--requirements", str(pinned), "--require-hashes", "--no-deps"),
        *("--python-version", settings.python_version, "--python-platform", settings.wheel_platform),
        *("--only-binary", ":all:", "--no-compile-bytecode"),
        root=root,
    )


def _time_zones(teams: Path, sellers: Path) -> list[str]:
    """The zones of teams' hours and sellers' days. The hundreds of others would be a fifteenth of the layer."""
    of_teams = {team.time_zone for team in read_teams(teams).values()} if teams.is_file() else set()
    of_sellers = {seller.time_zone for seller in load_sellers(sellers).brands} if sellers.is_file() else set()
    return sorted(of_teams | of_sellers)


def _strip(folder: Path, zones: Collection[str]) -> None:
    for pattern in _DEAD_WEIGHT:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in [each for each in (folder / _ZONES).rglob("*") if each.is_file()]:
        if path.name != "__init__.py" and str(path.relative_to(folder / _ZONES)) not in zones:
            path.unlink()
    for package, kept in _ONLY.items():
        for path in list((folder / package).glob("*")):
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _strip_payments(folder: Path) -> None:
    for pattern in (*_DEAD_WEIGHT, *_TYPING):
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _strip_documents(folder: Path, fonts: Collection[Path]) -> None:
    for pattern in (*_DEAD_WEIGHT, *_OF_FONTS):
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / _FONT_FOLDER).mkdir()
    for font in fonts:
        shutil.copyfile(font, folder / _FONT_FOLDER / font.name)


def _uv(*words: str, root: Path) -> str:
    """uv of this environment, which is the version that wrote uv.lock."""
    done = subprocess.run([find_uv_bin(), *words, "--quiet"], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"uv {words[0]} failed while making the dependency layer:\n{done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":  # `make setup`: afterwards no synth needs the network
    for stage in ("local", "dev"):
        bundle_layer(settings_of(stage), root=Path(__file__).resolve().parents[2])
        bundle_payment_layer(settings_of(stage), root=Path(__file__).resolve().parents[2])
        bundle_document_layer(settings_of(stage), root=Path(__file__).resolve().parents[2])
