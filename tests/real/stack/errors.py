"""The errors a caller of the stack can meet."""


class StackError(Exception):
    """The stack could not do what was asked; the text says what and where to look."""


class NotAvailable(StackError):
    """This cluster cannot do that at all (an external one cannot restart its API server): skip."""


class ApiError(StackError):
    """The API server answered with an error status."""

    def __init__(self, method, path, status, body):
        self.status = status
        self.body = body
        self.reason = body.get("reason", "") if isinstance(body, dict) else ""
        self.message = body.get("message", "") if isinstance(body, dict) else str(body)
        super().__init__(f"{method} {path}: {status} {self.reason}: {self.message}")
