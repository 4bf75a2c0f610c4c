# The production image: no embedded servers, no compiler, no root. `docker build -t pinpai .`
FROM python:3.12-slim AS packages
COPY requirements/app.txt /tmp/app.txt
RUN python -m venv /opt/pinpai \
 && /opt/pinpai/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/app.txt

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home pinpai && install -d -o pinpai -m 0700 /history
COPY --from=packages /opt/pinpai /opt/pinpai
WORKDIR /srv/pinpai
COPY app app
COPY migrations migrations
COPY openapi/openapi.json openapi/openapi.json
ENV PATH=/opt/pinpai/bin:$PATH \
    PYTHONPATH=/srv/pinpai \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PINPAI_ENVIRONMENT=production \
    PINPAI_HOST=0.0.0.0 \
    PINPAI_PORT=8000
USER pinpai
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=3)"]
ENTRYPOINT ["python", "-m", "app.cli"]
CMD ["serve"]
