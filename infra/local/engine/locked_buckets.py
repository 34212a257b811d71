"""Makes a bucket of a stack lock its objects, as its template asks.

AWS: `ObjectLockEnabled` switches Object Lock on, and versioning with it. `ObjectLockConfiguration` is the default of objects.
The engine takes both from its own API, and not from a template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from infra.local.engine.patching import rewrite


def apply() -> None:
    """Lock what the bucket's template says."""
    rewrite(
        provisioners,
        "_s3_create",
        (
            "    _s3_apply_configurations(name, props)\n",
            "    _s3_apply_configurations(name, props)\n    _lock_bucket(name, props)\n",
        ),
        _lock_bucket=_lock_bucket,
    )


def _lock_bucket(name: str, properties: Mapping[str, Any]) -> None:
    if str(properties.get("ObjectLockEnabled", "")).lower() != "true":
        return
    rule = properties.get("ObjectLockConfiguration", {}).get("Rule", {}).get("DefaultRetention")
    kept = {key: value if key == "Mode" else int(value) for key, value in rule.items()} if rule else None
    s3._bucket_versioning[name] = "Enabled"
    s3._bucket_object_lock[name] = {"enabled": True, "default_retention": kept}
