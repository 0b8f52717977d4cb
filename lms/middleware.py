"""What happens around every request: language, the learner with a card, private pages."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language_from_path

from people.views.access import learner_of, shows_second_factor
from progress.views.sync import say


class LanguageMiddleware(LocaleMiddleware):
    """Choose the language by the address, then by the person's own choice, else Vietnamese.

    What the browser says is not asked: a phone bought second-hand often speaks English while
    its owner does not.
    """

    def process_request(self, request):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = dict(settings.LANGUAGES)
        language = get_language_from_path(request.path_info) or (
            chosen if chosen in known else settings.LANGUAGE_CODE
        )
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request, response):
        if response.status_code == 404 and request.resolver_match:
            # One of our screens has refused; there is no page of the content to look for instead.
            response.headers.setdefault("Content-Language", translation.get_language())
            return response
        return super().process_response(request, response)


class LearnerMiddleware:
    """Put the resident who signed in with a card, or by a name on a class's screen, on the request.

    ``request.learner`` is a resident or ``None``; a learner is never a user of the staff's screens.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.learner = learner_of(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Let roles that see a whole commune's people in only with a second factor.

    A script that asks for JSON is told so in JSON: it could not tell a page it is led to from no
    network at all, and would wait where only signing in again helps.
    """

    OPEN = ("/accounts/2fa/", "/accounts/reauthenticate/", "/accounts/logout/", "/i18n/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if (
            settings.SECOND_FACTOR_ROLES
            and request.user.is_authenticated
            and not request.path.startswith(self.OPEN)
            and (request.user.is_superuser or request.user.has_role(*settings.SECOND_FACTOR_ROLES))
            and not shows_second_factor(request)
        ):
            if not request.user.has_usable_password() and not request.session.get(
                "account_authentication_methods"
            ):
                logout(request)
                return self._refuse(request, "signed_out", settings.LOGIN_URL)
            return self._refuse(request, "second_factor", "mfa_index")
        return self.get_response(request)

    def _refuse(self, request, error, to):
        wish = request.get_preferred_type(["text/html", "application/json"])
        return say(401, error=error) if wish == "application/json" else redirect(to)


class PrivatePagesMiddleware:
    """Keep pages with personal data out of every cache, the browser's Back button included."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "public" in response.get("Cache-Control", ""):
            # Says of itself that it is nobody's: the drawings of the lessons.
            return response
        if request.user.is_authenticated or request.learner:
            patch_cache_control(response, no_store=True, private=True)
        return response


class WritingDeskPolicyMiddleware:
    """Give the authors' desk the strictest content policy that Wagtail's pages can bear."""

    POLICY = (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self'"
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith("/cms/"):
            response.setdefault("Content-Security-Policy", self.POLICY)
        return response


class PermissionsPolicyMiddleware:
    """Deny every page the microphone, and what else none of them uses.

    The page on which lessons are read aloud opens the microphone for itself; the camera reads
    learners' cards.
    """

    POLICY = "microphone=(), camera=(self), geolocation=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


class NoNullMiddleware:
    """Drop null characters from the query: nobody types one, and no database keeps it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "")
        return self.get_response(request)


class HtmxRedirectMiddleware:
    """Send the whole page to the sign-in, not a fragment of it into a table cell."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.headers.get("HX-Request") and response.status_code in (301, 302, 303):
            answer = HttpResponse(status=204)
            answer["HX-Redirect"] = response["Location"]
            answer.cookies = response.cookies
            return answer
        return response
