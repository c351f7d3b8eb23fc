# syntax=docker/dockerfile:1
# docker build -t sync-analyzer-api .                          the core
# docker build -t sync-analyzer-api --build-arg AI=1 .         with the large AI models' packages
# docker run -p 8000:8000 -v /mnt/data:/mnt/data -v sync-analyzer:/srv/state sync-analyzer-api

ARG PYTHON_VERSION=3.12

FROM python:${PYTHON_VERSION}-slim AS build
ARG AI=0
# The CPU build of torch is a third of the size; leave TORCH_INDEX empty for the CUDA build.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build
COPY requirements.txt requirements-core.txt requirements-ai.txt requirements-repair.txt ./
RUN pip install -r requirements-core.txt -r requirements-repair.txt \
    && if [ "$AI" = 1 ]; then \
        pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements-ai.txt; \
    fi
COPY pyproject.toml README.md LICENSE main.py ./
COPY app ./app
COPY sync_analyzer ./sync_analyzer
RUN pip install --no-deps .

FROM python:${PYTHON_VERSION}-slim
RUN useradd --system --uid 10001 --home-dir /srv/state --create-home analyzer
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/srv/state/cache/matplotlib \
    HOST=0.0.0.0 \
    PORT=8000 \
    MOUNT_PATH=/mnt/data \
    UPLOAD_DIR=/srv/state/uploads \
    DATA_DIR=/srv/state/data \
    AI_MODEL_CACHE_DIR=/srv/state/ai_models \
    LOG_FILE=/srv/state/logs/app.log
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/app
COPY main.py ./
USER 10001
VOLUME ["/srv/state"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=4)"]
CMD ["sh", "-c", "exec uvicorn main:app --host \"$HOST\" --port \"$PORT\""]
