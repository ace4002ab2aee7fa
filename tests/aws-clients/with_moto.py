"""Runs a program with moto, an independent emulator of AWS, at DARKROOM_MOTO_ENDPOINT: with_moto.py PROGRAM [ARGUMENT…]"""

import logging
import os
import re
import subprocess
import sys

from server import skip

try:
    from moto.server import ThreadedMotoServer
except ImportError as error:
    skip(f"moto is not installed ({error}); ./dev test installs it")

LEAST_TESTS = 20  # of both contracts

logging.getLogger("werkzeug").setLevel(logging.ERROR)
moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
moto.start()
host, port = moto.get_host_and_port()
environment = dict(os.environ, DARKROOM_MOTO_ENDPOINT=f"http://127.0.0.1:{port}")
ran = subprocess.run(sys.argv[1:], env=environment, stdout=subprocess.PIPE, text=True)
moto.stop()
print(ran.stdout)
# GoogleTest calls a run of no test at all a success.
passed = re.search(r"^\[  PASSED  \] (\d+) tests?", ran.stdout, re.MULTILINE)
if ran.returncode == 0 and (passed is None or int(passed.group(1)) < LEAST_TESTS):
    sys.exit(f"expected at least {LEAST_TESTS} tests over moto to pass")
sys.exit(ran.returncode)
