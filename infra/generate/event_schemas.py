"""`python -m infra.generate.event_schemas`: writes the JSON Schemas of the events that others send us, in docs/events.

One file per event and version; a version that is published only ever gets new fields that may be left out.
"""

import json
from pathlib import Path

from lambdas.contracts.contract import VERSION, ContractSigned

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "events"
MODELS = {f"ContractSigned.v{VERSION}": ContractSigned}
FILES = {name: FOLDER / f"{name}.json" for name in MODELS}


def document(name: str) -> str:
    schema = MODELS[name].model_json_schema(mode="validation")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:order-queues:event:{name}"}
    return json.dumps({**head, **schema}, indent=2) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, file in FILES.items():
        file.write_text(document(name), "utf-8")


if __name__ == "__main__":
    main()
