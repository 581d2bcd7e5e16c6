# archdsl as a command: docs/releasing.md shows how to build and run it. EXTRAS=train adds TensorFlow and Keras.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY archdsl archdsl
COPY specs specs
COPY docs/archdsl.1 docs/archdsl.1
ARG EXTRAS=""
RUN python -m venv /opt/archdsl && \
    /opt/archdsl/bin/pip install --no-cache-dir --quiet "/src${EXTRAS:+[$EXTRAS]}" && \
    /opt/archdsl/bin/archdsl check papers/resnet#50-layer

FROM python:3.12-slim
COPY --from=build /opt/archdsl /opt/archdsl
ENV PATH=/opt/archdsl/bin:$PATH PYTHONDONTWRITEBYTECODE=1
RUN useradd --create-home archdsl
USER archdsl
WORKDIR /work
ENTRYPOINT ["archdsl"]
CMD ["--help"]
