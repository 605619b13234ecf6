"""The error tree. Each class has one policy.

    SangarError
    ├── ConfigurationError   stop before starting: a file or an argument is wrong       exit code 2
    ├── WireError            drop that message, count it, go on
    ├── NumericalError       drop that track, count it, go on
    └── PortError            a way in or out failed: retry, degrade, show it

Below the pipeline nothing is logged: counters and causes are returned, the service reports them.
"""


class SangarError(Exception):
    """Everything Sangar raises on purpose."""


class ConfigurationError(SangarError):
    """A file or an argument is wrong; one sentence says which, where in it, and how to mend it.

    Attributes:
        source: the file (or command-line option) that is wrong.
        path: the dotted path inside it, e.g. `sensor[1].accuracy.range_m`; empty for the whole file.
        mend: what to do about it.
    """

    def __init__(self, source: str, path: str, problem: str, mend: str) -> None:
        self.source, self.path, self.problem, self.mend = source, path, problem, mend
        where = f"{source}: {path}" if path else source
        super().__init__(f"{where}: {problem}; {mend}")


class WireError(SangarError):
    """A message from outside does not follow its format.

    Attributes:
        data: the offending octets, for the record.
    """

    def __init__(self, problem: str, data: bytes = b"") -> None:
        self.data = data
        super().__init__(problem)


class NumericalError(SangarError):
    """A computation left the numbers it may give (not positive definite, not finite)."""


class PortError(SangarError):
    """A way in or out of the system failed: a file, a socket, a disk."""
