/** The limit when `UPLOAD_MAX_BYTES` is not set. GitLab has the same. */
export const MAX_UPLOAD_BYTES = 100 * 1024 ** 2
/** How many uploads a project may have. Uploads that arrive at the same time may go above it by a few. */
export const MOST_UPLOADS = 10_000
