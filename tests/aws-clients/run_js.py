"""Runs js_test.mjs with Node.js against a gateway: run_js.py SERVER FOLDER-WITH-node_modules"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from server import gateway, skip

server, packages = sys.argv[1:]
if shutil.which("node") is None:
    skip("Node.js is not installed")
if not pathlib.Path(packages, "node_modules", "@aws-sdk", "client-sqs").is_dir():
    skip(f"AWS's JavaScript clients are not in {packages}; ./dev test installs them (npm ci)")

script = pathlib.Path(__file__).with_name("js_test.mjs")
with gateway(server) as about, tempfile.TemporaryDirectory() as folder:
    # Modules are looked for beside the script.
    copy = pathlib.Path(folder, script.name)
    copy.write_bytes(script.read_bytes())
    os.symlink(pathlib.Path(packages, "node_modules").resolve(), pathlib.Path(folder, "node_modules"))
    environment = dict(os.environ, DARKROOM_ENDPOINT=about["endpoint"], AWS_ACCESS_KEY_ID=about["access_key"],
                       AWS_SECRET_ACCESS_KEY=about["secret_key"], AWS_REGION="us-east-1")
    code = subprocess.run(["node", "--test-reporter=spec", str(copy)], env=environment, timeout=240).returncode
sys.exit(code)
