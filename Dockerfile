# The bot in a container: built in one stage, run in another that has no build tools, no root and no need to write
# anywhere but in /data. deploy/compose.yaml runs it with a read-only root; docs/operators.md says how to begin.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/cora
WORKDIR /src
COPY constraints.txt ./
RUN /opt/cora/bin/python -m pip install --require-hashes --requirement constraints.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cora_bot cora_bot
COPY locales locales
COPY surveys surveys
RUN /opt/cora/bin/python -m hatchling build --target wheel --directory /dist \
    && /opt/cora/bin/python -m pip install --no-deps --no-index /dist/*.whl \
    && /opt/cora/bin/python -m pip uninstall --yes editables hatchling pip \
    && mkdir /empty

FROM python:3.11-slim-bookworm
COPY --from=build /opt/cora /opt/cora
# A new volume takes over owner and mode of the folder it covers.
COPY --from=build --chown=10001:10001 --chmod=700 /empty /data
# These name files; no secret is in the image.
# hadolint ignore=DL3064
ENV PATH=/opt/cora/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    CORA_HOME=/data \
    CORA_STUDY=/study \
    CORA_TOKEN_FILE=/run/secrets/token \
    CORA_SERVER_KEY=/run/secrets/server_key
USER 10001:10001
VOLUME ["/data"]
WORKDIR /data
HEALTHCHECK --interval=60s --timeout=30s --start-period=90s --retries=3 CMD ["cora", "health"]
ENTRYPOINT ["cora"]
CMD ["run"]
