# One image for every process; which one it is, the command says: `sojourn relay`, `sojourn worker pages` …
FROM python:3.13-slim-bookworm AS build
WORKDIR /build
COPY requirements/runtime.txt requirements/
RUN python -m venv /opt/sojourn \
 && /opt/sojourn/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt \
 && pip install --no-cache-dir 'hatchling==1.27.0'
COPY pyproject.toml README.md LICENSE ./
COPY api api
COPY commands commands
COPY data data
COPY domain domain
COPY eventlog eventlog
COPY migrations migrations
COPY projections projections
COPY sojourn sojourn
COPY stack stack
COPY streams streams
RUN pip wheel --no-deps --no-build-isolation --no-cache-dir --wheel-dir /build/dist . \
 && /opt/sojourn/bin/pip install --no-deps --no-cache-dir /build/dist/*.whl

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 sojourn && install -d -o sojourn /keys
COPY --from=build /opt/sojourn /opt/sojourn
ENV PATH=/opt/sojourn/bin:$PATH PYTHONUNBUFFERED=1 PYTHONTZPATH= SOJOURN_HOST=0.0.0.0
USER sojourn
ENTRYPOINT ["sojourn"]
CMD ["--help"]
