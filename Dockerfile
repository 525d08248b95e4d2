# One image for every process of the site: pages, live streams, workers, beat, migrations.
FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1

# What WeasyPrint draws the PDF packets with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements/base.lock requirements/base.lock
RUN pip install --require-hashes -r requirements/base.lock

COPY . .
# Static files are collected at build time; the values below are used for nothing else.
RUN SECRET_KEY=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
    PHI_KEYS= PHI_INDEX_KEY= python manage.py collectstatic --noinput

RUN useradd --system --uid 10001 --no-create-home throughline
USER throughline
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "1", "--backpressure", "64", "--respawn-failed-workers", \
     "config.wsgi:application"]
