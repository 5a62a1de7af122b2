/** The limit when `UPLOAD_MAX_BYTES` is not set. GitLab has the same. */
export const MAX_UPLOAD_BYTES = 100 * 1024 ** 2
