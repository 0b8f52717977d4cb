"""What goes wrong, said so that a program and its author both understand (RFC 9457)."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError


class Problem(Exception):
    """A request that cannot be answered."""

    def __init__(self, status: int, code: str, detail: str, **more: object):
        super().__init__(detail)
        self.status, self.code, self.detail, self.more = status, code, detail, more
        self.headers: dict[str, str] = {}


def too_many(seconds: int) -> Problem:
    problem = Problem(429, "too_many", "Too many requests; wait as long as Retry-After says.")
    problem.headers["Retry-After"] = str(seconds)
    return problem


def answer(problem: Problem) -> HttpResponse:
    """Return a problem as JSON."""
    body = {
        "type": f"urn:tramngay:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.more,
    }
    return JsonResponse(
        body,
        status=problem.status,
        content_type="application/problem+json",
        headers=problem.headers,
    )


def speak_problems(api: NinjaAPI) -> None:
    """Let every error of the API come out as a problem."""

    @api.exception_handler(Problem)
    def _problem(request: HttpRequest, problem: Problem):
        return answer(problem)

    @api.exception_handler(AuthenticationError)
    def _unknown(request, error):
        problem = Problem(401, "no_token", "Send a valid token: Authorization: Bearer tns_…")
        problem.headers["WWW-Authenticate"] = 'Bearer realm="statistics"'
        return answer(problem)

    @api.exception_handler(Http404)
    def _nowhere(request, error):
        return answer(Problem(404, "not_found", "There is no such thing in this token's place."))

    @api.exception_handler(ValidationError)
    def _wrong(request, error):
        fields = [{"in": list(map(str, e["loc"])), "what": e["msg"]} for e in error.errors]
        return answer(Problem(422, "invalid", "A parameter is not understood.", errors=fields))

    @api.exception_handler(HttpError)
    def _other(request, error):
        return answer(Problem(error.status_code, "refused", str(error)))
