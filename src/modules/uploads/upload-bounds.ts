/** Without `UPLOAD_MAX_BYTES`: as GitLab's. */
export const MAX_UPLOAD_BYTES = 100 * 1024 ** 2
