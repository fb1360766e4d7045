# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=${TARGETOS:-linux} GOARCH=${TARGETARCH:-amd64} \
    go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /readyline ./cmd/readyline \
    && mkdir /data

# No shell, no package manager, nothing but certificates and the binary.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /readyline /readyline
# A generated key lands here when READYLINE_KEY is not set: mount a volume then.
COPY --from=build --chown=65532:65532 /data /data
ENV READYLINE_LISTEN=0.0.0.0:8080 \
    READYLINE_LOG_FORMAT=json \
    READYLINE_DATA_DIR=/data
EXPOSE 8080
USER 65532:65532
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=4 CMD ["/readyline", "healthcheck"]
ENTRYPOINT ["/readyline"]
CMD ["serve"]
