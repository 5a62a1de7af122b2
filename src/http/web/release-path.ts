/** What a path behind `/-/releases/` names. */
export type ReleasePath =
  | { latest: true; suffix: string[] }
  | ({ download: string | null } & ({ id: number } | { tag: string }))

/** PostgreSQL's integer. */
const MAX_ID = 2 ** 31 - 1

const downloadIn = (segments: readonly string[]) => (segments.length > 0 ? segments.join('/') : null)

/**
 * A tag's slashes may be plain; it ends before the first `downloads`. Where that, or its beginning with `id/` or
 * `permalink/`, belongs to the tag, its slashes must be encoded, as they are in every URL that the server gives.
 */
export function parseReleasePath(segments: readonly string[]): ReleasePath {
  const [first = '', second = '', ...rest] = segments
  if (first === 'permalink' && second === 'latest') return { latest: true, suffix: rest }
  const marker = segments.indexOf('downloads', 1)
  const end = marker > 0 && marker < segments.length - 1 ? marker : segments.length
  const download = downloadIn(segments.slice(end + 1))
  if (first === 'id' && end === 2 && /^\d{1,10}$/.test(second)) {
    return { id: Math.min(Number(second), MAX_ID), download }
  }
  return { tag: segments.slice(0, end).join('/'), download }
}
