"""Stands before allauth's own addresses, under ``accounts/``: what of them is different or shut."""

from django.urls import path, re_path

from people.views import accounts

urlpatterns = [
    path("password/reset/", accounts.password_reset, name="account_reset_password"),
    # Organisers make the accounts and keep their e-mail addresses.
    path("signup/", accounts.not_here, name="account_signup"),
    path("email/", accounts.not_here, name="account_email"),
    path("confirm-email/", accounts.not_here, name="account_email_verification_sent"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", accounts.not_here, name="account_confirm_email"),
    path("login/code/confirm/", accounts.not_here, name="account_confirm_login_code"),
    path("password/set/", accounts.not_here, name="account_set_password"),
]
