"""The map of the site. Everything is closed unless it is opened here or in its view."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.views import serve

from campaigns.api import urls as statistics
from campaigns.views import public
from campaigns.views.clients import api_docs
from certificates import views as certificates
from courses.api import router as lessons_api
from lms import offline, views

# Published pages are for everyone.
login_not_required(serve)
login_not_required(set_language)

# Large letters and the language are nobody's secret, and without a token in them the pages of the
# content are the same for everybody.

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("offline/", offline.offline, name="offline"),
    path("evening/", offline.evening, name="evening"),
    path("look/", csrf_exempt(views.look), name="look"),
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
    path("accounts/", include("people.urls.accounts")),
    path("accounts/", include("allauth.urls")),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("xac-minh/", certificates.verify_form, name="verify_form"),
    path("xac-minh/<str:number>/", certificates.verify, name="verify"),
    path("c/<int:pk>/", public.page, name="public_campaign"),
    path("c/<int:pk>/places.json", public.places, name="public_places"),
    path("c/<int:pk>/card.png", public.card, name="public_card"),
    path("c/<int:pk>/qr.svg", public.code, name="public_code"),
    path("places/", include("places.urls")),
    path("", include("people.urls")),
    path("campaigns/", include("campaigns.urls")),
    path("progress/", include("progress.urls")),
    path("certificates/", include("certificates.urls")),
    path("jobs/", include("jobs.urls")),
    path("courses/", include("courses.urls")),
    path("api/v2/", include((lessons_api.get_urlpatterns(), "api"))),
    path("api/stats/v1/docs/", api_docs, name="stats_docs"),
    path("api/stats/v1/", statistics),
    path("media/<path:path>", views.media, name="media"),
    *i18n_patterns(path("", include(wagtail_urls))),
]

handler403 = "lms.views.forbidden"
handler404 = "lms.views.not_found"
