"""Pinpai 品牌: from the notice to the published commendation."""

import sys

# Others import these where they are installed, and do without where they are not: botocore takes pyOpenSSL's TLS (7 MB
# of a process) before Python's own, FastAPI asks whether a model is one of Pydantic 1 (2 MB).
for unused in ("urllib3.contrib.pyopenssl", "pydantic.v1"):
    sys.modules.setdefault(unused, None)  # type: ignore[arg-type]  # None: an import of it fails
