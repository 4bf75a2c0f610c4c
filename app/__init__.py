"""Pinpai 品牌: from the notice to the published commendation."""

import sys

# Wherever pyOpenSSL is installed, botocore takes its TLS from there, which costs a process 7 MB; Python's own does.
sys.modules.setdefault("urllib3.contrib.pyopenssl", None)  # type: ignore[arg-type]  # None: an import of it fails
