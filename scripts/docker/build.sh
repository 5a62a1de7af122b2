#!/bin/sh
# The first stage of the Dockerfile: makes dist/release in a clone of the repository.
set -eu
npm ci
npm run pack
