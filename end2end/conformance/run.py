"""Checks the agent API against its description: a typed client made from it, and schemathesis.

    run.py PROGRAM [PORT]     run by `make conformance`, with the packages of requirements.txt
"""

import os
import subprocess
import sys
import tempfile

from shop import ADMIN, open_shop

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.path.dirname(sys.executable)


def tool(name, *args, **env):
    subprocess.run([os.path.join(TOOLS, name), *args], check=True, cwd=HERE, env=os.environ | env)


def main(binary, port=8699):
    with tempfile.TemporaryDirectory() as scratch, open_shop(binary, port) as shop:
        description = os.path.join(scratch, "openapi.json")
        with open(description, "w") as file:
            file.write(subprocess.check_output([binary, "openapi"], text=True))
        client = os.path.join(scratch, "reins_client")
        tool("openapi-python-client", "generate", "--path", description, "--meta", "none", "--output-path", client,
             "--config", "client.yaml", "--fail-on-warning")
        tool("mypy", "--strict", "--no-incremental", "agent.py", MYPYPATH=scratch)
        sys.path.insert(0, scratch)
        import agent

        key = shop.reins("key", "create", "support", "--label", "conformance", "--by", ADMIN)
        agent.run(shop.address, key, shop.approve)
        # The answer of a stream has no end.
        tool("schemathesis", "--config-file", "schemathesis.toml", "run", description, "--exclude-path", "/stream",
             REINS_URL=shop.address, REINS_KEY=key, PYTHONPATH=HERE)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
