"""Where people sign in, choose their organization and manage it.

allauth's own views declare no access; tests/architecture/test_access.py lists each of them.
"""

from django.conf import settings
from django.urls import include, path

from accounts.views import audit, development, emails, gallery, invitations, members, session

# The door that exists in development only.
DEVELOPMENT = [
    path("dev/cast/", development.cast_list, name="cast"),
    path("dev/sign-in/", development.sign_in_as, name="dev_sign_in"),
    path("dev/components/", gallery.gallery, name="gallery"),
]

urlpatterns = [
    path("account/logout/", session.sign_out, name="account_logout"),
    path("account/still-here/", session.still_here, name="still_here"),
    path("account/sessions/", session.own_sessions, name="sessions"),
    path("account/sessions/", session.own_sessions, name="usersessions_list"),
    path("account/sessions/end/", session.end_own_sessions, name="end_own_sessions"),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
    path("invitation/<str:token>/", invitations.accept_invitation, name="accept_invitation"),
    path("organization/switch/", session.switch_organization, name="switch_organization"),
    path("organization/members/", members.member_list, name="members"),
    path("organization/members/invite/", members.invite_member, name="invite_member"),
    path("organization/members/<uuid:membership>/", members.member, name="member"),
    path(
        "organization/members/<uuid:membership>/end/",
        members.end_membership,
        name="end_membership",
    ),
    path(
        "organization/members/<uuid:membership>/sessions/end/",
        members.end_member_sessions,
        name="end_member_sessions",
    ),
    path(
        "organization/invitations/<uuid:invitation>/withdraw/",
        members.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("organization/emails/", emails.email_list, name="emails"),
    path("audit/", audit.audit_list, name="audit"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    *(DEVELOPMENT if settings.DEV_SIGN_IN else ()),
]
