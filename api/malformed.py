"""What is no HTTP at all is answered by a problem document too, before any app sees it."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.conventions.problems import Problem, problem_response


class ProblemProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, except for how it says that a request can't be read."""

    def send_400_response(self, msg: str) -> None:
        """Answer and hang up: where the next request begins is anyone's guess."""
        del msg  # it says no more than the status does
        answer = problem_response(Problem(400, "malformed_request", "This is not valid HTTP/1.1."))
        headers = [*answer.raw_headers, (b"connection", b"close")]
        lines = [b"HTTP/1.1 400 Bad Request", *(b": ".join(header) for header in headers)]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self.transport.close()
