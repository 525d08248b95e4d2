"""Static files under both servers."""

from collections.abc import AsyncIterator, Iterable
from functools import lru_cache

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage


class KnownAddresses(HashedFilesMixin):
    """What was collected never changes: the address of each file is put together once."""

    @lru_cache(maxsize=256)  # noqa: B019  # the one storage lives as long as the process
    def url(self, name: str, force: bool = False) -> str:
        return str(super().url(name, force))


class Collected(KnownAddresses, CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """The collected files, compressed."""


async def _awaited(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """whitenoise streams from a plain iterator; an ASGI server wants one that can be awaited."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = super().__call__(request)
        if (
            isinstance(request, ASGIRequest)
            and isinstance(response, StreamingHttpResponse)
            and not response.is_async
        ):
            response.streaming_content = _awaited(iter(response))
        return response
