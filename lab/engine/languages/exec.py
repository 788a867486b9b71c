"""Runs a Pulumi program for the stand-in of the Python language host: exec.py <settings as JSON> <folder>."""

import asyncio
import json
import os
import runpy
import sys
import traceback

import pulumi
import pulumi.runtime

ALREADY_TOLD = 32


def main() -> int:
    settings, folder = json.loads(sys.argv[1]), sys.argv[2]
    pulumi.runtime.configure(pulumi.runtime.Settings(**settings))
    sys.path.insert(0, folder)
    program = os.path.join(folder, "__main__.py")
    try:
        work = pulumi.runtime.run_in_stack(
            lambda: runpy.run_path(program, run_name="__main__") and None
        )
        asyncio.new_event_loop().run_until_complete(work)
        return 0
    except KeyboardInterrupt:
        # The engine ends a program whose resources failed.
        pass
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except Exception as error:
        # A resource that failed ends the program, and the engine tells why.
        if str(error) == "resource monitor shut down":
            return ALREADY_TOLD
        pulumi.log.error(f"Program failed with an unhandled exception:\n{traceback.format_exc()}")
    return ALREADY_TOLD


# The SDK's threads would keep the process.
code = main()
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
