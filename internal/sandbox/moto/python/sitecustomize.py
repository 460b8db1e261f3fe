"""Python runs this at its start, whichever program is started. It loads sandbox_aws when, and only when, that program
is about to serve moto: however moto was installed and started, its own interpreter finds the patches."""

import importlib.abc
import importlib.util
import sys


class _BeforeTheServer(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != "moto.server":
            return None
        sys.meta_path.remove(self)
        import sandbox_aws  # noqa: F401  (it patches as it is loaded)

        return importlib.util.find_spec(name)


sys.meta_path.insert(0, _BeforeTheServer())
