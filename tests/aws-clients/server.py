"""Starts gateway_server_for_tests, and says and leaves with 77 what a test lacks to run."""

import contextlib
import json
import subprocess
import sys


def skip(why):
    print(f"SKIP: {why}")
    sys.exit(77)


@contextlib.contextmanager
def gateway(program):
    """Yields {"endpoint", "access_key", "secret_key"}; the server ends with the block, or with this process."""
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline()
            if not line:
                sys.exit(f"{program} did not start (exit code {server.wait()})")
            yield json.loads(line)
        finally:
            server.stdin.close()
            code = server.wait(timeout=30)
    if code != 0:
        sys.exit(f"{program} ended with exit code {code}")
