# The suite's programs in one image, `ecrm` and the five services; and on top of it one for backups, with PostgreSQL's client,
# and the edge's, with nginx and the console.
# docker-compose.yml says how they are run.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
  && apt-get install -y --no-install-recommends libpq-dev libssl-dev libstdc++-12-dev zlib1g-dev pkg-config \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
# What the programs stand on changes less often than the programs.
COPY Package.swift ./
RUN swift package resolve
COPY Plugins Plugins
COPY Shared Shared
COPY Services Services
COPY Clients Clients
COPY Bench Bench
COPY Tests Tests
RUN for product in ecrm acquisition retention expansion channel-integration performance-measurement; do \
    swift build -c release --static-swift-stdlib --product "$product" \
    && install -D -s ".build/release/$product" "/programs/$product" || exit 1; \
  done

FROM debian:bookworm-slim AS suite
RUN apt-get update \
  && apt-get install -y --no-install-recommends libpq5 libssl3 zlib1g libstdc++6 ca-certificates tzdata \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 ecrm \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir / --shell /usr/sbin/nologin ecrm
COPY --from=build /programs/ /usr/local/bin/
# A crashed service is to be started again at once: the runtime's own traces would keep its ports meanwhile.
ENV SWIFT_BACKTRACE=enable=no
USER 10001:10001
WORKDIR /
CMD ["ecrm", "--help"]

# With the programs that `ecrm backup` and `ecrm restore` run.
FROM suite AS backup
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends postgresql-client-15 \
  && rm -rf /var/lib/apt/lists/*
USER 10001:10001
CMD ["ecrm", "backup"]

FROM suite AS edge
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends nginx-light libjs-chart.js \
  && rm -rf /var/lib/apt/lists/*
COPY Services/Console /usr/share/ecrm/Services/Console
COPY Clients/TypeScript/ecrm.js /usr/share/ecrm/Clients/TypeScript/ecrm.js
USER 10001:10001
CMD ["ecrm", "edge"]
