# The server for a PostgreSQL of yours (DATABASE_URL): see compose.yaml. Each step is a script, which the tests run without Docker.
FROM node:24-bookworm AS build
WORKDIR /build
COPY . .
RUN ["scripts/docker/build.sh"]

FROM node:24-bookworm-slim
COPY --from=build /build/dist/release/ /tmp/release/
COPY scripts/docker/install.sh /tmp/install.sh
RUN ["/tmp/install.sh"]
ENV HOST=0.0.0.0 DATA_DIR=/var/lib/waybill
USER waybill
WORKDIR /var/lib/waybill
VOLUME ["/var/lib/waybill"]
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=300s --retries=3 CMD ["node", "/opt/waybill/bin/ready.js"]
ENTRYPOINT ["node", "--max-semi-space-size=32", "--heap-growing-percent=50", "/opt/waybill/bin/waybill.js"]
CMD ["serve"]
