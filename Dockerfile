# One image for every process: `baton serve` by default, `baton worker` and `baton migrate` by command.
# It has no PostgreSQL of its own: set BATON_DATABASE_URL.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /srv/baton

# What runs, exactly as locked. Changes seldom, so it comes first.
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN pip install --require-hashes --requirement requirements/runtime.txt

# Baton itself, as a wheel. The build backend is locked too, and leaves with the folder it was put in.
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY config config
COPY migrations migrations
RUN python -m venv build/venv \
    && build/venv/bin/pip install --require-hashes --requirement requirements/build.txt \
    && build/venv/bin/pip wheel --no-deps --no-build-isolation --wheel-dir build/dist . \
    && pip install --no-deps --no-index build/dist/baton-*.whl \
    && rm -rf build app config migrations pyproject.toml README.md LICENSE requirements

RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin baton
USER baton

EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]

CMD ["baton", "serve", "--host", "0.0.0.0", "--port", "8000"]
