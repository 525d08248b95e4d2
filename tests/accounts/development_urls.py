"""The site's addresses with the development door, as in development."""

from accounts.urls import DEVELOPMENT
from config import urls

urlpatterns = [*urls.urlpatterns, *DEVELOPMENT]
handler404 = urls.handler404
