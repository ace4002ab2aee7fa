"""Runs a program with moto, an independent emulator of AWS, at DARKROOM_MOTO_ENDPOINT: with_moto.py PROGRAM [ARGUMENT…]"""

import logging
import os
import subprocess
import sys

from server import skip

try:
    from moto.server import ThreadedMotoServer
except ImportError as error:
    skip(f"moto is not installed ({error}); ./dev test installs it")

logging.getLogger("werkzeug").setLevel(logging.ERROR)
moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
moto.start()
host, port = moto.get_host_and_port()
environment = dict(os.environ, DARKROOM_MOTO_ENDPOINT=f"http://127.0.0.1:{port}")
code = subprocess.run(sys.argv[1:], env=environment).returncode
moto.stop()
sys.exit(code)
